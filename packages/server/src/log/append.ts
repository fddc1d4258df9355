import type { StoredEvent } from "@causerie/shared";
import { sql, type Transaction } from "kysely";
import type { Database } from "../db/database.ts";
import type { Audience } from "./audience.ts";

/** An event about to be written: what happened to which row, and who may see it. */
export interface NewEvent {
  readonly type: StoredEvent["type"];
  readonly audience: Audience;
  /** The id of the message, conversation or user it is about. */
  readonly subjectId: number;
  /** The user, when it is about a member of that conversation, or tells one who came in of it. */
  readonly memberId?: number;
  readonly at: number;
}

/** Keeps one insert below SQLite's limit of 32,766 bound values. */
const insertSize = 1000;

/**
 * Where the log ends. The row stays locked until the transaction ends, so the positions
 * that follow are ours, and become visible in order and without a hole.
 */
export async function lockLogHead(trx: Transaction<Database>): Promise<number> {
  const { position } = await trx
    .updateTable("log_head")
    .set({ position: sql`position` })
    .where("id", "=", 1)
    .returning("position")
    .executeTakeFirstOrThrow();
  return position;
}

/** Stores `events` behind `head`, which is locked, and returns the new head. */
export async function appendToLog(
  trx: Transaction<Database>,
  head: number,
  events: readonly NewEvent[],
): Promise<number> {
  const position = head + events.length;
  await trx.updateTable("log_head").set({ position }).where("id", "=", 1).execute();
  const rows = events.map((event, index) => ({
    position: head + 1 + index,
    type: event.type,
    audience: event.audience,
    subject_id: event.subjectId,
    member_id: event.memberId ?? null,
    created_at: event.at,
  }));
  for (let start = 0; start < rows.length; start += insertSize) {
    await trx
      .insertInto("events")
      .values(rows.slice(start, start + insertSize))
      .execute();
  }
  return position;
}
