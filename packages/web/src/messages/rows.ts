import type { ConversationItem } from "@causerie/client";
import { isSameDay } from "../i18n/dates.ts";

/** An item of a conversation with what depends on its neighbours. */
export interface Row {
  readonly item: ConversationItem;
  readonly senderId: number;
  /** In ms since 1970. */
  readonly at: number;
  /** It begins a day. */
  readonly isNewDay: boolean;
  /** What is unread begins here. */
  readonly isFirstUnread: boolean;
  /** It begins, or ends, what one person wrote in one go. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

const togetherMs = 5 * 60_000;

/** Lays out items: those of one person that follow each other soon belong together. */
export function rowsOf(items: readonly ConversationItem[], me: number, readUpTo: number | undefined): Row[] {
  let previous: { senderId: number; at: number } | undefined;
  let hasUnread = false;
  const rows = items.map((item) => {
    const senderId = item.state === "sent" ? item.message.sender_id : me;
    const at = item.state === "sent" ? Date.parse(item.message.created_at) : item.item.createdAt;
    const isNewDay = !previous || !isSameDay(new Date(previous.at), new Date(at));
    const isFirstUnread =
      !hasUnread &&
      readUpTo !== undefined &&
      item.state === "sent" &&
      item.message.seq > readUpTo &&
      senderId !== me;
    hasUnread ||= isFirstUnread;
    const goesOn = previous?.senderId === senderId && at - previous.at < togetherMs;
    previous = { senderId, at };
    return { item, senderId, at, isNewDay, isFirstUnread, isFirst: isNewDay || isFirstUnread || !goesOn };
  });
  return rows.map((row, n) => ({ ...row, isLast: rows[n + 1]?.isFirst ?? true }));
}
