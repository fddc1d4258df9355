import type { ConversationState } from "@causerie/client";
import { memo, useSyncExternalStore } from "react";
import { Link } from "wouter";
import { whenText } from "../i18n/dates.ts";
import { t } from "../i18n/i18n.ts";
import { usePersonName } from "../people/use-people.ts";
import { useServices } from "../services.tsx";
import { Badge } from "../ui/badge.tsx";
import { ConversationAvatar } from "./conversation-avatar.tsx";
import { titleOf } from "./title-of.ts";
import styles from "./conversation-row.module.css";

interface Props {
  readonly conversation: ConversationState;
  readonly me: number;
  readonly isOpen: boolean;
}

/** A conversation in the list. */
export const ConversationRow = memo(function ConversationRow({ conversation, me, isOpen }: Props) {
  const { id, unread_count: unread, last_message: last, activity_at: at } = conversation;
  const when = new Date(last?.created_at ?? at);
  return (
    <li className={styles.item}>
      <Link
        href={`/c/${id}`}
        className={isOpen ? `${styles.row} ${styles.open}` : styles.row}
        aria-current={isOpen ? "page" : undefined}
      >
        <ConversationAvatar conversation={conversation} me={me} size={44} />
        <span className={styles.title} dir="auto">
          {titleOf(conversation, me)}
        </span>
        <time className={styles.when} dateTime={when.toISOString()}>
          {whenText(when, new Date())}
        </time>
        <Preview conversation={conversation} me={me} isOpen={isOpen} />
        {unread > 0 && (
          <span className={styles.unread}>
            <Badge label={t("list.unread", { count: unread })}>{unread > 999 ? "999+" : unread}</Badge>
          </span>
        )}
      </Link>
    </li>
  );
});

function Preview({ conversation, me, isOpen }: Props) {
  const { drafts } = useServices();
  const { id, last_message: last, kind } = conversation;
  const draft = useSyncExternalStore(drafts.subscribe, () => (isOpen ? "" : drafts.get(me, id)));
  if (draft.trim() !== "") return <Line text={t("list.draft", { text: draft })} />;
  if (!last) return <Line text={t("list.noMessages")} />;
  if (last.sender_id === me) return <Line text={t("list.you", { text: last.content })} />;
  if (kind === "direct") return <Line text={last.content} />;
  return <LineFrom senderId={last.sender_id} text={last.content} />;
}

function LineFrom({ senderId, text }: { readonly senderId: number; readonly text: string }) {
  return <Line text={t("list.from", { name: usePersonName(senderId), text })} />;
}

const Line = ({ text }: { readonly text: string }) => (
  <span className={styles.preview} dir="auto">
    {text.slice(0, 160)}
  </span>
);
