import type { Generated } from "kysely";

export interface MessageTable {
  id: Generated<number>;
  conversation_id: number;
  seq: number;
  sender_id: number;
  receiver_id: number | null;
  /** Empty once deleted. */
  content: string;
  reply_to: number | null;
  client_message_id: string | null;
  /** SHA-256 of what was first sent, to tell a retry from another message under the same key. */
  body_hash: string | null;
  created_at: number;
  updated_at: number | null;
  deleted_at: number | null;
}
