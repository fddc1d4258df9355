import { createHash } from "node:crypto";
import type { History, HistoryInput, Message, Page, SendInput, SentMessage } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import type { Snapshot } from "../../db/open-database.ts";
import type { PageOf } from "../../db/read-page.ts";
import type { Clock } from "../../lib/clock.ts";
import { DomainError, invalidField } from "../../lib/domain-error.ts";
import type { Writer, WriteTransaction } from "../../log/writer.ts";
import {
  findDirect,
  findPlace,
  openDirect,
  otherUser,
  readersOf,
  requirePlace,
  takeSeq,
  type ConversationRow,
  type Place,
} from "../conversations/index.ts";
import { findUser } from "../users/index.ts";
import { readHistory } from "./history.ts";
import { messageView } from "./message-view.ts";
import {
  findByClientId,
  findMessage,
  insertMessage,
  listConversation,
  listForUser,
  updateMessage,
  type MessageRow,
} from "./messages.repository.ts";

export interface MessagesDeps {
  readonly db: Kysely<Database>;
  readonly snapshot: Snapshot;
  readonly writer: Writer;
  readonly clock: Clock;
  /** The public conversation that exists from the start. */
  readonly lobby: ConversationRow;
  /** Hears of each message that was stored, after it was. */
  readonly onSent?: (senderId: number, conversationId: number) => void;
}

export interface MessagesService {
  /**
   * Stores a message and tells its readers. With a `client_message_id` it is idempotent:
   * the same key and message returns the first one, another message is IDEMPOTENCY_CONFLICT.
   */
  send(senderId: number, message: SendInput): Promise<SentMessage>;
  /** The direct messages that the user sent or received, and those of the lobby. */
  list(userId: number, page: Page): Promise<PageOf<Message>>;
  /** The direct conversation of two users; NOT_FOUND when the other does not exist. */
  conversation(userId: number, otherId: number, page: Page): Promise<PageOf<Message>>;
  /** A stretch of a conversation that the user may read; NOT_FOUND for strangers. */
  history(userId: number, input: HistoryInput): Promise<History>;
  /** Replaces the text. Only the author may; readers get FORBIDDEN, anybody else NOT_FOUND. */
  edit(userId: number, messageId: number, content: string): Promise<Message>;
  /** Erases the text and leaves a tombstone. The same people may as for `edit`. */
  delete(userId: number, messageId: number): Promise<void>;
}

export function createMessagesService({
  db,
  snapshot,
  writer,
  clock,
  lobby,
  onSent,
}: MessagesDeps): MessagesService {
  /** Where a message goes, if the sender may write there. */
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
    // In these everybody reads all there is, so where they came in does not count.
    if (receiverId == null) return { conversation: lobby, member: undefined };
    await requireReceiver(tx, receiverId, "receiver_id names no user.");
    return { conversation: await openDirect(tx, senderId, receiverId, at), member: undefined };
  }

  async function requireReceiver(tx: WriteTransaction, userId: number, message: string): Promise<void> {
    if (!(await findUser(tx.db, userId))) throw new DomainError("NOT_FOUND", { message });
  }

  /** The message and its conversation, if `userId` wrote it; otherwise the error that its readers or strangers get. */
  async function ownMessage(tx: WriteTransaction, userId: number, messageId: number) {
    const row = await findMessage(tx.db, messageId);
    const place = row && (await findPlace(tx.db, userId, row.conversation_id));
    if (!place || !isReadable(row, place))
      throw new DomainError("NOT_FOUND", { message: "There is no such message." });
    if (row.sender_id !== userId) {
      throw new DomainError("FORBIDDEN", { message: "Only its author may change a message." });
    }
    return { audience: readersOf(place.conversation) };
  }

  return {
    async send(senderId, input) {
      const { content, reply_to = null, client_message_id = null } = input;
      const bodyHash = client_message_id === null ? null : hashBody(input);

      const sent: SentMessage = await writer.run(async (tx) => {
        if (client_message_id !== null) {
          const earlier = await findByClientId(tx.db, senderId, client_message_id);
          if (earlier && earlier.body_hash !== bodyHash) throw new DomainError("IDEMPOTENCY_CONFLICT");
          if (earlier && earlier.deleted_at !== null) {
            throw new DomainError("IDEMPOTENCY_CONFLICT", {
              message: "The message sent with this key was deleted.",
            });
          }
          if (earlier) return { ...messageView(earlier), duplicate: true };
        }
        const at = clock.now();
        const place = await placeFor(tx, senderId, input, at);
        if (reply_to !== null) await requireAnswerable(tx, place, reply_to);
        const { conversation } = place;
        const row = await insertMessage(tx.db, {
          conversation_id: conversation.id,
          seq: await takeSeq(tx.db, conversation.id, at),
          sender_id: senderId,
          receiver_id: otherUser(conversation, senderId),
          content,
          reply_to,
          client_message_id,
          body_hash: bodyHash,
          created_at: at,
          updated_at: null,
          deleted_at: null,
        });
        await tx.emit({ type: "message.created", audience: readersOf(conversation), subjectId: row.id, at });
        return { ...messageView(row), duplicate: false };
      });
      if (!sent.duplicate) onSent?.(senderId, sent.conversation_id);
      return sent;
    },

    async list(userId, page) {
      const { items, next } = await listForUser(db, userId, lobby.id, page);
      return { items: items.map(messageView), next };
    },

    async conversation(userId, otherId, page) {
      if (!(await findUser(db, otherId)))
        throw new DomainError("NOT_FOUND", { message: "There is no such user." });
      const conversation = await findDirect(db, userId, otherId);
      if (!conversation) return { items: [], next: undefined };
      const { items, next } = await listConversation(db, conversation.id, page);
      return { items: items.map(messageView), next };
    },

    history: (userId, input) => snapshot((view) => readHistory(view, userId, input)),

    async edit(userId, messageId, content) {
      return await writer.run(async (tx) => {
        const { audience } = await ownMessage(tx, userId, messageId);
        const at = clock.now();
        const edited = await updateMessage(tx.db, messageId, { content, updated_at: at });
        await tx.emit({ type: "message.updated", audience, subjectId: messageId, at });
        return messageView(edited);
      });
    },

    async delete(userId, messageId) {
      await writer.run(async (tx) => {
        const { audience } = await ownMessage(tx, userId, messageId);
        const at = clock.now();
        await updateMessage(tx.db, messageId, { content: "", deleted_at: at });
        await tx.emit({ type: "message.deleted", audience, subjectId: messageId, at });
      });
    },
  };
}

/** Whether a message of a place exists for whoever has it: not deleted, nor older than what they may read. */
function isReadable(message: MessageRow, { member }: Place): boolean {
  return message.deleted_at === null && message.seq > (member?.since_seq ?? 0);
}

/** Refuses an answer to what the sender may not read there. */
async function requireAnswerable(tx: WriteTransaction, place: Place, replyTo: number): Promise<void> {
  const answered = await findMessage(tx.db, replyTo);
  if (answered?.conversation_id !== place.conversation.id || !isReadable(answered, place)) {
    throw invalidField("reply_to", "is not a message of this conversation");
  }
}

/** Tells a retry of a send from another message under the same key. */
function hashBody({ conversation_id, receiver_id, content, reply_to = null }: SendInput): string {
  const target = conversation_id == null ? receiver_id : `conversation ${conversation_id}`;
  return createHash("sha256")
    .update(JSON.stringify([target, content, reply_to]))
    .digest("base64url");
}
