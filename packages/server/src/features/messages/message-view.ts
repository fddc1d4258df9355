import type { DeletedMessage, Message } from "@causerie/shared";
import { isoTime } from "../../lib/clock.ts";
import type { MessageRow } from "./messages.repository.ts";

export function messageView(row: MessageRow): Message {
  return {
    id: row.id,
    conversation_id: row.conversation_id,
    seq: row.seq,
    sender_id: row.sender_id,
    receiver_id: row.receiver_id,
    content: row.content,
    reply_to: row.reply_to,
    client_message_id: row.client_message_id,
    created_at: isoTime(row.created_at),
    updated_at: row.updated_at === null ? null : isoTime(row.updated_at),
  };
}

/** What is left of a message after its deletion at `deletedAt`. */
export function deletedMessageView(row: MessageRow, deletedAt: number): DeletedMessage {
  return {
    id: row.id,
    conversation_id: row.conversation_id,
    seq: row.seq,
    sender_id: row.sender_id,
    receiver_id: row.receiver_id,
    created_at: isoTime(row.created_at),
    deleted_at: isoTime(deletedAt),
  };
}
