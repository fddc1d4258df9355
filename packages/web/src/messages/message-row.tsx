import type { Message } from "@causerie/client";
import { memo } from "react";
import { dayText, fullText, timeText } from "../i18n/dates.ts";
import { t } from "../i18n/i18n.ts";
import { usePersonName } from "../people/use-people.ts";
import { Avatar } from "../ui/avatar.tsx";
import { classNames } from "../ui/class-names.ts";
import { MessageActions, type MessageCommands } from "./message-actions.tsx";
import { MessageText } from "./message-text.tsx";
import { PendingState } from "./pending-state.tsx";
import { Quote } from "./quote.tsx";
import type { Row } from "./rows.ts";
import styles from "./message-row.module.css";

interface Props extends Row {
  readonly isOwn: boolean;
  /** Whether it has to say who wrote it: between two that is clear. */
  readonly isNamed: boolean;
  /** The pointer or the focus is on it. */
  readonly isActive: boolean;
  /** It was looked for, and is here. */
  readonly isFound: boolean;
  readonly commands: MessageCommands;
}

/** A message in its list, with the day or the line that begins above it. */
export const MessageRow = memo(function MessageRow(props: Props) {
  const { item, at, senderId, isOwn, isNamed, isFirst, isLast, isActive, isFound, commands } = props;
  const date = new Date(at);
  const message = item.state === "sent" ? item.message : undefined;
  return (
    <li
      className={classNames(styles.item, isFirst && styles.first)}
      data-key={item.key}
      data-seq={message?.seq}
      data-id={message?.id}
      data-unread={props.isFirstUnread || undefined}
      tabIndex={-1}
    >
      {props.isNewDay && (
        <h3 className={styles.day}>
          <span>{dayText(date, new Date())}</span>
        </h3>
      )}
      {props.isFirstUnread && (
        <p className={styles.line}>
          <span>{t("chat.unreadLine")}</span>
        </p>
      )}
      <div className={classNames(styles.row, isOwn && styles.own, isFound && styles.found)}>
        {!isOwn && isNamed && (
          <span className={styles.avatar}>{isLast && <SenderAvatar id={senderId} />}</span>
        )}
        <article className={classNames(styles.bubble, isFirst && styles.head, isLast && styles.tail)}>
          {!isOwn && isNamed && isFirst && <SenderName id={senderId} />}
          {message && message.reply_to !== null && item.state === "sent" && (
            <Quote id={message.reply_to} held={item.original} onOpen={commands.jumpTo} />
          )}
          {item.state !== "sent" && item.item.input.reply_to != null && (
            <Quote id={item.item.input.reply_to} held={undefined} onOpen={commands.jumpTo} />
          )}
          <div className={styles.body}>
            <MessageText content={message?.content ?? contentOf(item)} />
            <footer className={styles.meta}>
              {message?.updated_at != null && <span>{t("message.edited")}</span>}
              <time dateTime={date.toISOString()} title={fullText(date)}>
                {timeText(date)}
              </time>
              {item.state !== "sent" && <PendingState state={item.state} />}
            </footer>
          </div>
        </article>
        {(isActive || item.state === "failed") && (
          <MessageActions item={item} isOwn={isOwn} commands={commands} />
        )}
      </div>
    </li>
  );
});

const contentOf = (item: Row["item"]): Message["content"] =>
  item.state === "sent" ? item.message.content : (item.item.input.content ?? "");

function SenderName({ id }: { readonly id: number }) {
  // The same steps as the colour of the avatar.
  const style = { "--hue": (id * 137.508) % 360 };
  return (
    <p className={styles.sender} style={style as React.CSSProperties} dir="auto">
      {usePersonName(id)}
    </p>
  );
}

function SenderAvatar({ id }: { readonly id: number }) {
  return <Avatar id={id} name={usePersonName(id)} size={32} />;
}
