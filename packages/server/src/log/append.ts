import type { StoredEvent } from "@causerie/shared";
import type { Transaction } from "kysely";
import type { Database } from "../db/database.ts";
import type { Audience } from "./audience.ts";

/** An event about to be written: what happened to which row, and who may see it. */
export interface NewEvent {
  readonly type: StoredEvent["type"];
  readonly audience: Audience;
  /** The id of the message, conversation or user it is about. */
  readonly subjectId: number;
  readonly at: number;
}

/** Keeps one insert below SQLite's limit of 32,766 bound values. */
const insertSize = 1000;

/**
 * Gives `events` the next positions and stores them. Taking the positions locks the head
 * row until the commit, so positions become visible in order and without a hole.
 * Returns the new head, or undefined when there was nothing to store.
 */
export async function appendToLog(
  trx: Transaction<Database>,
  events: readonly NewEvent[],
): Promise<number | undefined> {
  if (events.length === 0) return undefined;
  const { position: head } = await trx
    .updateTable("log_head")
    .set((eb) => ({ position: eb("position", "+", events.length) }))
    .where("id", "=", 1)
    .returning("position")
    .executeTakeFirstOrThrow();

  const first = head - events.length + 1;
  const rows = events.map((event, index) => ({
    position: first + index,
    type: event.type,
    audience: event.audience,
    subject_id: event.subjectId,
    created_at: event.at,
  }));
  for (let start = 0; start < rows.length; start += insertSize) {
    await trx
      .insertInto("events")
      .values(rows.slice(start, start + insertSize))
      .execute();
  }
  return head;
}
