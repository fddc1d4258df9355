import type { OutboxItem } from "../outbox/outbox.ts";
import type { Message } from "../types.ts";
import { keep } from "./keep.ts";

/** A message that is stored. */
export interface SentItem {
  /** Never changes, also when a message that was on its way is stored. */
  readonly key: string;
  readonly state: "sent";
  readonly message: Message;
  /** What it answers, if the window holds that; null when that was deleted, undefined when it is not known here. */
  readonly original: Message | null | undefined;
}

/** A message of one's own that is on its way, or was refused. */
export interface PendingItem {
  readonly key: string;
  readonly state: OutboxItem["state"];
  readonly item: OutboxItem;
}

/** A message as it is stored, or one of the user's own on its way. */
export type ConversationItem = SentItem | PendingItem;

const ownKey = (clientMessageId: string) => `own ${clientMessageId}`;

/**
 * Makes the list of a conversation of its messages and of what is on its way: an item that did not change is the same
 * object again, and so is the list. Of `deleted` it forgets what no message answers.
 */
export function createItems() {
  const made = new WeakMap<object, ConversationItem>();
  let items: readonly ConversationItem[] = [];

  function item(source: object, next: ConversationItem): ConversationItem {
    const same = keep(made.get(source), next);
    made.set(source, same);
    return same;
  }

  return (
    messages: readonly Message[],
    pending: readonly OutboxItem[],
    deleted: Set<number>,
    userId: number | undefined,
  ): readonly ConversationItem[] => {
    const held = new Map(messages.map((message) => [message.id, message]));
    const keys = new Set<string>();
    const answered = new Set<number>();
    const next = messages.map((message) => {
      const { id, sender_id, client_message_id: clientId, reply_to: replyTo } = message;
      // Other people may use the same id.
      const key = clientId !== null && sender_id === userId ? ownKey(clientId) : `${id}`;
      keys.add(key);
      if (replyTo === null) return item(message, { key, state: "sent", message, original: undefined });
      answered.add(replyTo);
      const original = deleted.has(replyTo) ? null : held.get(replyTo);
      return item(message, { key, state: "sent", message, original });
    });
    for (const source of pending) {
      const key = ownKey(source.clientMessageId);
      if (!keys.has(key)) next.push(item(source, { key, state: source.state, item: source }));
    }
    for (const id of deleted) if (!answered.has(id)) deleted.delete(id);
    items = keep(items, next);
    return items;
  };
}
