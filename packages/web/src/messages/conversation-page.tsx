import { useMessages } from "@causerie/client/react";
import { useState } from "react";
import { t } from "../i18n/i18n.ts";
import { useConversation } from "../conversations/use-conversation.ts";
import { Spinner } from "../ui/spinner.tsx";
import { Conversation } from "./conversation.tsx";
import { ConversationHeader } from "./conversation-header.tsx";
import styles from "./conversation.module.css";

interface Props {
  readonly id: number;
  /** The message that is to be shown. */
  readonly messageId?: number;
}

/** The page of a conversation: loads it, around a message if that is asked for, else around what is unread. */
export function ConversationPage({ id, messageId }: Props) {
  const conversation = useConversation(id);
  // Where nothing is unread, as in what one has never been in, the newest is what counts.
  const [at] = useState<"end" | "marker">(() => (conversation?.unread_count === 0 ? "end" : "marker"));
  const view = useMessages(id, { at });

  if (view.status === "gone" || !Number.isSafeInteger(id))
    return (
      <main className={styles.page}>
        <ConversationHeader />
        <p className={styles.gone}>{t("chat.gone")}</p>
      </main>
    );
  if (!conversation)
    return (
      <main className={styles.page}>
        <ConversationHeader />
        <div className={styles.gone}>
          <Spinner />
        </div>
      </main>
    );
  return <Conversation conversation={conversation} view={view} messageId={messageId} />;
}
