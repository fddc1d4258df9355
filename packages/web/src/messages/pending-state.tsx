import type { PendingItem } from "@causerie/client";
import { Clock, LoaderCircle, TriangleAlert } from "lucide-react";
import { t } from "../i18n/i18n.ts";
import styles from "./pending-state.module.css";

const icons = { queued: Clock, sending: LoaderCircle, failed: TriangleAlert };

/** How far a message of one's own is on its way. */
export function PendingState({ state }: { readonly state: PendingItem["state"] }) {
  const Icon = icons[state];
  const text = t(`message.${state}`);
  return (
    <span className={styles.state} data-state={state} title={text}>
      <Icon size={12} aria-label={text} />
      {state === "failed" && <span aria-hidden>{text}</span>}
    </span>
  );
}
