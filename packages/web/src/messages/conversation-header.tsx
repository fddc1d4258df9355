import type { ConversationState } from "@causerie/client";
import { usePresence } from "@causerie/client/react";
import { ArrowLeft, Info } from "lucide-react";
import { Link } from "wouter";
import { ConversationAvatar } from "../conversations/conversation-avatar.tsx";
import { otherOf, titleOf } from "../conversations/title-of.ts";
import { t } from "../i18n/i18n.ts";
import { useMe } from "../people/use-people.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { TypingText } from "./typing-text.tsx";
import styles from "./conversation-header.module.css";

interface Props {
  readonly conversation?: ConversationState;
  readonly onDetails?: () => void;
}

/** Whose conversation it is, who is there, and who types. */
export function ConversationHeader({ conversation, onDetails }: Props) {
  const me = useMe();
  return (
    <header className={styles.header}>
      <Link href="/" className={styles.back} aria-label={t("app.back")}>
        <ArrowLeft size={20} aria-hidden />
      </Link>
      {conversation && (
        <>
          <ConversationAvatar conversation={conversation} me={me.id} size={36} />
          <div className={styles.names}>
            <h1 dir="auto">{titleOf(conversation, me.id)}</h1>
            <p className={styles.sub}>
              <TypingText
                id={conversation.id}
                fallback={<Subtitle conversation={conversation} me={me.id} />}
              />
            </p>
          </div>
          {onDetails && (
            <IconButton label={t("chat.details")} onClick={onDetails}>
              <Info size={20} />
            </IconButton>
          )}
        </>
      )}
    </header>
  );
}

function Subtitle({ conversation, me }: { readonly conversation: ConversationState; readonly me: number }) {
  const other = otherOf(conversation, me);
  if (other !== undefined) return <Presence id={other} />;
  if (conversation.member_count === null) return t("chat.everybody");
  return t("chat.members", { count: conversation.member_count });
}

function Presence({ id }: { readonly id: number }) {
  const status = usePresence([id]).get(id) ?? "unknown";
  return status === "unknown" ? t("chat.direct") : t(`person.${status}`);
}
