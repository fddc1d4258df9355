import type { Message, SendInput } from "@causerie/shared";
import { DomainError, invalidField } from "../../lib/domain-error.ts";
import { defineWrite } from "../../log/write.ts";
import type { WriteTransaction } from "../../log/write-transaction.ts";
import {
  openDirect,
  otherUser,
  readersOf,
  requirePlace,
  takeDirectSeq,
  takeSeq,
  type ConversationRow,
  type Place,
} from "../conversations/index.ts";
import { findUser } from "../users/index.ts";
import { isReadable, requireReadable } from "./find-readable.ts";
import { messageView } from "./message-view.ts";
import {
  findByClientId,
  findMessage,
  insertMessage,
  updateMessage,
  type MessageRow,
} from "./messages.repository.ts";

export interface NewMessage {
  readonly senderId: number;
  readonly input: SendInput;
  /** What tells a retry from another message under the same key; null without a key. */
  readonly bodyHash: string | null;
  /** The public conversation that exists from the start, for a message to everybody. */
  readonly lobby: ConversationRow | null;
  readonly at: number;
}

/** Stores a message, or finds the one that was sent with the same key. */
export const sendMessage = defineWrite(
  "messages.send",
  async (tx, { senderId, input, bodyHash, lobby, at }: NewMessage): Promise<Sent> => {
    const { content, reply_to = null, client_message_id = null } = input;
    if (client_message_id !== null) {
      const earlier = await findByClientId(tx.db, senderId, client_message_id);
      if (earlier) return { message: sentBefore(earlier, bodyHash), duplicate: true };
    }
    const place = await takePlace(tx, senderId, { input, lobby, at });
    if (reply_to !== null) await requireAnswerable(tx, place, reply_to);
    const { conversation, seq } = place;
    const row = await insertMessage(tx.db, {
      conversation_id: conversation.id,
      seq,
      sender_id: senderId,
      receiver_id: otherUser(conversation, senderId),
      content,
      reply_to,
      client_message_id,
      body_hash: bodyHash,
      created_at: at,
    });
    const message = messageView(row);
    await tx.emit({
      type: "message.created",
      audience: readersOf(conversation),
      subjectId: row.id,
      at,
      content: { type: "message.created", message },
    });
    return { message, duplicate: false };
  },
);

interface Sent {
  readonly message: Message;
  readonly duplicate: boolean;
}

export interface MessageChange {
  readonly userId: number;
  readonly messageId: number;
  readonly at: number;
}

/** Replaces the text of a message, for its author. */
export const editMessage = defineWrite(
  "messages.edit",
  async (tx, { userId, messageId, content, at }: MessageChange & { readonly content: string }) => {
    const { audience } = await ownMessage(tx, userId, messageId);
    const edited = await updateMessage(tx.db, messageId, { content, updated_at: at });
    await tx.emit({ type: "message.updated", audience, subjectId: messageId, at });
    return messageView(edited);
  },
);

/** Erases the text of a message, for its author, and leaves a tombstone. */
export const deleteMessage = defineWrite(
  "messages.delete",
  async (tx, { userId, messageId, at }: MessageChange): Promise<void> => {
    const { audience } = await ownMessage(tx, userId, messageId);
    await updateMessage(tx.db, messageId, { content: "", deleted_at: at });
    await tx.emit({ type: "message.deleted", audience, subjectId: messageId, at });
  },
);

/** The message of an earlier send with the same key, if it was the same message. */
function sentBefore(earlier: MessageRow, bodyHash: string | null): Message {
  if (earlier.body_hash !== bodyHash) throw new DomainError("IDEMPOTENCY_CONFLICT");
  if (earlier.deleted_at !== null) {
    throw new DomainError("IDEMPOTENCY_CONFLICT", { message: "The message sent with this key was deleted." });
  }
  return messageView(earlier);
}

interface TakenPlace extends Place {
  /** The place in the conversation that is now the message's. */
  readonly seq: number;
}

/** Where a message goes, if the sender may write there. */
async function takePlace(
  tx: WriteTransaction,
  senderId: number,
  { input, lobby, at }: Pick<NewMessage, "input" | "lobby" | "at">,
): Promise<TakenPlace> {
  const { receiver_id: receiverId } = input;
  // In a direct conversation everybody reads all there is, so where they came in does not count.
  const written = receiverId == null ? undefined : await takeDirectSeq(tx.db, senderId, receiverId, at);
  if (written) return { conversation: written, member: undefined, seq: written.last_seq };
  const place = lobby ? { conversation: lobby, member: undefined } : await placeFor(tx, senderId, input, at);
  return { ...place, seq: await takeSeq(tx.db, place.conversation.id, at) };
}

async function placeFor(
  tx: WriteTransaction,
  senderId: number,
  { receiver_id: receiverId, conversation_id: conversationId }: SendInput,
  at: number,
): Promise<Place> {
  if (conversationId != null) {
    const place = await requirePlace(tx.db, senderId, conversationId);
    const receiver = otherUser(place.conversation, senderId);
    if (receiver !== null) await requireReceiver(tx, receiver, "The other person's account is gone.");
    return place;
  }
  if (receiverId == null) throw new Error("A message to everybody needs the lobby.");
  await requireReceiver(tx, receiverId, "receiver_id names no user.");
  return { conversation: await openDirect(tx, senderId, receiverId, at), member: undefined };
}

async function requireReceiver(tx: WriteTransaction, userId: number, message: string): Promise<void> {
  if (!(await findUser(tx.db, userId))) throw new DomainError("NOT_FOUND", { message });
}

/** The message and its conversation, if `userId` wrote it; otherwise the error that its readers or strangers get. */
async function ownMessage(tx: WriteTransaction, userId: number, messageId: number) {
  const { row, place } = await requireReadable(tx.db, userId, messageId);
  if (row.sender_id !== userId) {
    throw new DomainError("FORBIDDEN", { message: "Only its author may change a message." });
  }
  return { audience: readersOf(place.conversation) };
}

/** Refuses an answer to what the sender may not read there. */
async function requireAnswerable(tx: WriteTransaction, place: Place, replyTo: number): Promise<void> {
  const answered = await findMessage(tx.db, replyTo);
  if (answered?.conversation_id !== place.conversation.id || !isReadable(answered, place)) {
    throw invalidField("reply_to", "is not a message of this conversation");
  }
}
