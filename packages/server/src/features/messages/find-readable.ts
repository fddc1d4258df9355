import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import { DomainError } from "../../lib/domain-error.ts";
import { findPlace, type Place } from "../conversations/index.ts";
import { findMessage, type MessageRow } from "./messages.repository.ts";

/** A message that somebody may read, and their place where it was written. */
export interface ReadableMessage {
  readonly row: MessageRow;
  readonly place: Place;
}

/** Finds a message for a reader: NOT_FOUND for anybody else, just as when there is none. */
export async function requireReadable(
  db: Kysely<Database>,
  userId: number,
  messageId: number,
): Promise<ReadableMessage> {
  const row = await findMessage(db, messageId);
  const place = row && (await findPlace(db, userId, row.conversation_id));
  if (!place || !isReadable(row, place))
    throw new DomainError("NOT_FOUND", { message: "There is no such message." });
  return { row, place };
}

/** Whether a message of a place exists for whoever has it: not deleted, nor older than what they may read. */
export function isReadable(message: MessageRow, { member }: Place): boolean {
  return message.deleted_at === null && message.seq > (member?.since_seq ?? 0);
}
