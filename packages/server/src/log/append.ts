import { sql, type Insertable, type InsertResult, type Transaction, type UpdateResult } from "kysely";
import type { Database } from "../db/database.ts";
import { prepared } from "../db/prepared.ts";
import type { EventTable } from "./log.table.ts";
import type { NewEvent } from "./write-transaction.ts";

const lockHead = prepared<object, { position: number }>((db) =>
  db
    .updateTable("log_head")
    .set({ position: sql`position` })
    .where("id", "=", 1)
    .returning("position"),
);

const moveHead = prepared<{ position: number }, UpdateResult>((db, { position }) =>
  db.updateTable("log_head").set({ position }).where("id", "=", 1),
);

/** How many rows one statement inserts: few sizes, so that each is compiled once. */
const insertSizes = [64, 8, 1];
const inserts = new Map(insertSizes.map((size) => [size, insertOf(size)]));

/**
 * Where the log ends. The row stays locked until the transaction ends, so the positions
 * that follow are ours, and become visible in order and without a hole.
 */
export async function lockLogHead(trx: Transaction<Database>): Promise<number> {
  const [head] = await lockHead(trx, {});
  if (!head) throw new Error("The log has no head.");
  return head.position;
}

/** Stores `events` behind `head`, which is locked, and returns the new head. */
export async function appendToLog(
  trx: Transaction<Database>,
  head: number,
  events: readonly NewEvent[],
): Promise<number> {
  const position = head + events.length;
  await moveHead(trx, { position });
  const rows = events.map((event, index) => ({
    position: head + 1 + index,
    type: event.type,
    audience: event.audience,
    subject_id: event.subjectId,
    member_id: event.memberId ?? null,
    created_at: event.at,
  }));
  for (const size of insertSizes) {
    const insert = inserts.get(size);
    while (rows.length >= size) await insert?.(trx, rows.splice(0, size));
  }
  return position;
}

type EventRow = Insertable<EventTable>;

/** Inserts exactly `size` rows. */
function insertOf(size: number) {
  const name = (column: string, index: number) => `${column} of ${index}`;
  const insert = prepared<Record<string, never>, InsertResult>((db, values) => {
    const value = (column: string, index: number) => values[name(column, index)] as never;
    return db.insertInto("events").values(
      Array.from({ length: size }, (_, index) => ({
        position: value("position", index),
        type: value("type", index),
        audience: value("audience", index),
        subject_id: value("subject_id", index),
        member_id: value("member_id", index),
        created_at: value("created_at", index),
      })),
    );
  });
  return async (trx: Transaction<Database>, rows: readonly EventRow[]): Promise<void> => {
    const values: Record<string, unknown> = {};
    rows.forEach((row, index) => {
      for (const [column, value] of Object.entries(row)) values[name(column, index)] = value;
    });
    await insert(trx, values as Record<string, never>);
  };
}
