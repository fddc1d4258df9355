import { createHash } from "node:crypto";
import type { Message, Page, SentMessage } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import type { PageOf } from "../../db/read-page.ts";
import type { Clock } from "../../lib/clock.ts";
import { DomainError, invalidField } from "../../lib/domain-error.ts";
import { everyone, membersOf, type Audience } from "../../log/audience.ts";
import type { Writer, WriteTransaction } from "../../log/writer.ts";
import {
  findConversations,
  findDirect,
  findLobby,
  findVisibleConversation,
  insertDirect,
  takeSeq,
  type ConversationRow,
} from "../conversations/index.ts";
import { findUser } from "../users/index.ts";
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
  readonly writer: Writer;
  readonly clock: Clock;
}

/** A message to send. `receiver_id` null means the lobby. */
export interface NewMessage {
  readonly receiver_id: number | null;
  readonly content: string;
  readonly reply_to?: number | null | undefined;
  readonly client_message_id?: string | null | undefined;
}

export interface MessagesService {
  /**
   * Stores a message and tells its readers. With a `client_message_id` it is idempotent:
   * the same key and message returns the first one, another message is IDEMPOTENCY_CONFLICT.
   */
  send(senderId: number, message: NewMessage): Promise<SentMessage>;
  /** What the user sent, received, or may read in public. */
  list(userId: number, page: Page): Promise<PageOf<Message>>;
  /** The direct conversation of two users; NOT_FOUND when the other does not exist. */
  conversation(userId: number, otherId: number, page: Page): Promise<PageOf<Message>>;
  /** Replaces the text. Only the author may; readers get FORBIDDEN, anybody else NOT_FOUND. */
  edit(userId: number, messageId: number, content: string): Promise<Message>;
  /** Erases the text and leaves a tombstone. The same people may as for `edit`. */
  delete(userId: number, messageId: number): Promise<void>;
}

export function createMessagesService({ db, writer, clock }: MessagesDeps): MessagesService {
  async function conversationFor(
    tx: WriteTransaction,
    senderId: number,
    receiverId: number | null,
    at: number,
  ) {
    if (receiverId === null) return await findLobby(tx.db);
    // Asked first: a conversation outlives the account of whoever it was with.
    if (!(await findUser(tx.db, receiverId))) {
      throw new DomainError("NOT_FOUND", { message: "receiver_id names no user." });
    }
    const existing = await findDirect(tx.db, senderId, receiverId);
    if (existing) return existing;
    const created = await insertDirect(tx.db, senderId, receiverId, at);
    tx.emit({ type: "conversation.created", audience: membersOf(created.id), subjectId: created.id, at });
    return created;
  }

  /** The message, if `userId` wrote it; otherwise the error that its readers or strangers get. */
  async function ownMessage(tx: WriteTransaction, userId: number, messageId: number): Promise<MessageRow> {
    const row = await findMessage(tx.db, messageId);
    const visible = row && (await findVisibleConversation(tx.db, userId, row.conversation_id));
    if (!row || !visible || row.deleted_at !== null) {
      throw new DomainError("NOT_FOUND", { message: "There is no such message." });
    }
    if (row.sender_id !== userId) {
      throw new DomainError("FORBIDDEN", { message: "Only its author may change a message." });
    }
    return row;
  }

  async function audienceOf(tx: WriteTransaction, row: MessageRow): Promise<Audience> {
    const [conversation] = await findConversations(tx.db, [row.conversation_id]);
    return conversation ? readersOf(conversation) : membersOf(row.conversation_id);
  }

  return {
    async send(senderId, { receiver_id, content, reply_to = null, client_message_id = null }) {
      const bodyHash = client_message_id === null ? null : hashBody(receiver_id, content, reply_to);

      return await writer.run(async (tx) => {
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
        const conversation = await conversationFor(tx, senderId, receiver_id, at);
        if (reply_to !== null) await requireAnswerable(tx, conversation, reply_to);
        const row = await insertMessage(tx.db, {
          conversation_id: conversation.id,
          seq: await takeSeq(tx.db, conversation.id),
          sender_id: senderId,
          receiver_id,
          content,
          reply_to,
          client_message_id,
          body_hash: bodyHash,
          created_at: at,
          updated_at: null,
          deleted_at: null,
        });
        tx.emit({ type: "message.created", audience: readersOf(conversation), subjectId: row.id, at });
        return { ...messageView(row), duplicate: false };
      });
    },

    async list(userId, page) {
      const lobby = await findLobby(db);
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

    async edit(userId, messageId, content) {
      return await writer.run(async (tx) => {
        const row = await ownMessage(tx, userId, messageId);
        const at = clock.now();
        const edited = await updateMessage(tx.db, messageId, { content, updated_at: at });
        tx.emit({ type: "message.updated", audience: await audienceOf(tx, row), subjectId: messageId, at });
        return messageView(edited);
      });
    },

    async delete(userId, messageId) {
      await writer.run(async (tx) => {
        const row = await ownMessage(tx, userId, messageId);
        const at = clock.now();
        await updateMessage(tx.db, messageId, { content: "", deleted_at: at });
        tx.emit({ type: "message.deleted", audience: await audienceOf(tx, row), subjectId: messageId, at });
      });
    },
  };
}

function readersOf(conversation: ConversationRow): Audience {
  return conversation.kind === "public" ? everyone : membersOf(conversation.id);
}

async function requireAnswerable(
  tx: WriteTransaction,
  conversation: ConversationRow,
  replyTo: number,
): Promise<void> {
  const answered = await findMessage(tx.db, replyTo);
  if (answered?.conversation_id !== conversation.id || answered.deleted_at !== null) {
    throw invalidField("reply_to", "is not a message of this conversation");
  }
}

/** Tells a retry of a send from another message under the same key. */
function hashBody(receiverId: number | null, content: string, replyTo: number | null): string {
  return createHash("sha256")
    .update(JSON.stringify([receiverId, content, replyTo]))
    .digest("base64url");
}
