import { useTyping } from "@causerie/client/react";
import type { ReactNode } from "react";
import { t } from "../i18n/i18n.ts";
import { usePeopleNames } from "../people/use-people.ts";
import styles from "./typing-text.module.css";

/** Who types; what else there is to say when nobody does. */
export function TypingText({ id, fallback }: { readonly id: number; readonly fallback: ReactNode }) {
  const [typists] = useTyping(id);
  const [a, b, ...more] = usePeopleNames(typists);
  if (a === undefined) return fallback;
  const text =
    b === undefined
      ? t("chat.typingOne", { a })
      : more.length === 0
        ? t("chat.typingTwo", { a, b })
        : t("chat.typingMany");
  return <span className={styles.typing}>{text}</span>;
}
