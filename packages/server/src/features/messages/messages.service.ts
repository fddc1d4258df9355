import { hash } from "node:crypto";
import type { History, HistoryInput, Message, Page, SendInput, SentMessage } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import type { Snapshot } from "../../db/open-database.ts";
import type { PageOf } from "../../db/read-page.ts";
import type { Clock } from "../../lib/clock.ts";
import { DomainError } from "../../lib/domain-error.ts";
import type { Writer } from "../../log/writer.ts";
import { findDirect, type ConversationRow } from "../conversations/index.ts";
import { findUser } from "../users/index.ts";
import { requireReadable } from "./find-readable.ts";
import { readHistory } from "./history.ts";
import { messageView } from "./message-view.ts";
import { listForUser } from "./list-for-user.ts";
import { listConversation } from "./messages.repository.ts";
import { deleteMessage, editMessage, sendMessage } from "./messages.writes.ts";

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
  /** One message; NOT_FOUND when it was deleted, and for whoever may not read it. */
  get(userId: number, messageId: number): Promise<Message>;
  /** Replaces the text. Only the author may; readers get FORBIDDEN, anybody else NOT_FOUND. */
  edit(userId: number, messageId: number, content: string): Promise<Message>;
  /** Erases the text and leaves a tombstone. The same people may as for `edit`. */
  delete(userId: number, messageId: number): Promise<void>;
}

export function createMessagesService(deps: MessagesDeps): MessagesService {
  const { db, snapshot, writer, clock, lobby, onSent } = deps;

  return {
    async send(senderId, input) {
      const { client_message_id = null } = input;
      const toLobby = input.conversation_id == null && input.receiver_id == null;
      const { message, duplicate } = await writer.run(sendMessage, {
        senderId,
        input,
        bodyHash: client_message_id === null ? null : hashBody(input),
        lobby: toLobby ? lobby : null,
        at: clock.now(),
      });
      if (!duplicate) onSent?.(senderId, message.conversation_id);
      return { ...message, duplicate };
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

    get: (userId, messageId) =>
      snapshot(async (view) => messageView((await requireReadable(view, userId, messageId)).row)),

    edit: (userId, messageId, content) =>
      writer.run(editMessage, { userId, messageId, content, at: clock.now() }),

    delete: (userId, messageId) => writer.run(deleteMessage, { userId, messageId, at: clock.now() }),
  };
}

/** Tells a retry of a send from another message under the same key. */
function hashBody({ conversation_id, receiver_id, content, reply_to = null }: SendInput): string {
  const target = conversation_id == null ? receiver_id : `conversation ${conversation_id}`;
  return hash("sha256", JSON.stringify([target, content, reply_to]), "base64url");
}
