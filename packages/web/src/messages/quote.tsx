import type { Message } from "@causerie/client";
import { useCallback, useSyncExternalStore } from "react";
import { t } from "../i18n/i18n.ts";
import { usePersonName } from "../people/use-people.ts";
import { useServices } from "../services.tsx";
import styles from "./quote.module.css";

interface Props {
  readonly id: number;
  /** The message, if the window holds it; null when it was deleted. */
  readonly held: Message | null | undefined;
  readonly onOpen: (messageId: number) => void;
}

/** What a message answers. A press leads there. */
export function Quote({ id, held, onOpen }: Props) {
  const original = useOriginal(id, held);
  if (original === null) return <p className={styles.quote}>{t("message.originalDeleted")}</p>;
  return (
    <button type="button" className={styles.quote} onClick={() => onOpen(id)}>
      {original ? <Original message={original} /> : t("message.originalElsewhere")}
    </button>
  );
}

function Original({ message }: { readonly message: Message }) {
  return (
    <>
      <strong dir="auto">{usePersonName(message.sender_id)}</strong>
      <span dir="auto">{message.content.slice(0, 200)}</span>
    </>
  );
}

const nothing = () => () => undefined;

function useOriginal(id: number, held: Message | null | undefined): Message | null | undefined {
  const { originals } = useServices();
  const subscribe = useCallback(
    (listener: () => void) => (held === undefined ? originals.subscribe(id, listener) : nothing()),
    [originals, id, held],
  );
  return useSyncExternalStore(subscribe, () => (held === undefined ? originals.get(id) : held));
}
