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

export type ConversationItem = SentItem | PendingItem;

export interface ItemsInput {
  readonly messages: readonly Message[];
  /** The outbox items of the conversation, in their order. */
  readonly pending: readonly OutboxItem[];
  readonly userId: number | undefined;
  /** Of deleted messages that others answer. */
  readonly isDeleted: (messageId: number) => boolean;
}

const ownKey = (clientMessageId: string) => `own ${clientMessageId}`;

/** Makes the list of a conversation: an item that did not change is the same object again, and so is the list. */
export function createItems(): (input: ItemsInput) => readonly ConversationItem[] {
  const made = new WeakMap<object, ConversationItem>();
  let items: readonly ConversationItem[] = [];

  function item(source: object, next: ConversationItem): ConversationItem {
    const same = keep(made.get(source), next);
    made.set(source, same);
    return same;
  }

  return ({ messages, pending, userId, isDeleted }) => {
    const held = new Map(messages.map((message) => [message.id, message]));
    const own = new Set<string>();
    const sent = messages.map((message) => {
      const { id, sender_id, client_message_id: clientId, reply_to: replyTo } = message;
      // Other people may use the same id.
      const isOwn = clientId !== null && sender_id === userId;
      const key = isOwn ? ownKey(clientId) : `${id}`;
      own.add(key);
      const original = replyTo === null ? undefined : isDeleted(replyTo) ? null : held.get(replyTo);
      return item(message, { key, state: "sent", message, original });
    });
    const waiting = pending
      .map((source) =>
        item(source, { key: ownKey(source.clientMessageId), state: source.state, item: source }),
      )
      .filter(({ key }) => !own.has(key));
    items = keep(items, [...sent, ...waiting]);
    return items;
  };
}
