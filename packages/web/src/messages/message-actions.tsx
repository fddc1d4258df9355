import type { ConversationItem, Message, OutboxItem } from "@causerie/client";
import { Copy, Link as LinkIcon, Pencil, Reply, RotateCcw, Trash2, X } from "lucide-react";
import { t } from "../i18n/i18n.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Menu } from "../ui/menu.tsx";
import styles from "./message-actions.module.css";

/** What can be done with messages. The same functions as long as the conversation is shown. */
export interface MessageCommands {
  readonly reply: (message: Message) => void;
  readonly edit: (message: Message) => void;
  readonly remove: (message: Message) => void;
  readonly copyText: (text: string) => void;
  readonly copyLink: (message: Message) => void;
  readonly jumpTo: (messageId: number) => void;
  readonly retry: (item: OutboxItem) => void;
  readonly discard: (item: OutboxItem) => void;
  readonly cancel: (item: OutboxItem) => void;
}

interface Props {
  readonly item: ConversationItem;
  readonly isOwn: boolean;
  readonly commands: MessageCommands;
}

/** What can be done with the message that the pointer or the focus is on. */
export function MessageActions({ item, isOwn, commands }: Props) {
  return (
    <div className={styles.actions}>
      {item.state === "sent" ? (
        <OfSent message={item.message} isOwn={isOwn} commands={commands} />
      ) : (
        <OfPending item={item.item} commands={commands} />
      )}
    </div>
  );
}

function OfSent({
  message,
  isOwn,
  commands,
}: {
  readonly message: Message;
  readonly isOwn: boolean;
  readonly commands: MessageCommands;
}) {
  const own = [
    { label: t("message.edit"), icon: <Pencil />, onSelect: () => commands.edit(message) },
    { label: t("message.delete"), icon: <Trash2 />, danger: true, onSelect: () => commands.remove(message) },
  ];
  return (
    <>
      <IconButton label={t("message.reply")} onClick={() => commands.reply(message)}>
        <Reply size={16} />
      </IconButton>
      <Menu
        label={t("message.actions")}
        items={[
          { label: t("message.reply"), icon: <Reply />, onSelect: () => commands.reply(message) },
          {
            label: t("message.copyText"),
            icon: <Copy />,
            onSelect: () => commands.copyText(message.content),
          },
          { label: t("message.copyLink"), icon: <LinkIcon />, onSelect: () => commands.copyLink(message) },
          ...(isOwn ? own : []),
        ]}
      />
    </>
  );
}

function OfPending({ item, commands }: { readonly item: OutboxItem; readonly commands: MessageCommands }) {
  if (item.state !== "failed")
    return (
      <IconButton label={t("message.cancel")} onClick={() => commands.cancel(item)}>
        <X size={16} />
      </IconButton>
    );
  return (
    <>
      <IconButton label={t("app.retry")} onClick={() => commands.retry(item)}>
        <RotateCcw size={16} />
      </IconButton>
      <IconButton label={t("message.discard")} onClick={() => commands.discard(item)}>
        <Trash2 size={16} />
      </IconButton>
    </>
  );
}
