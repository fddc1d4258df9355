import type { Kysely, Selectable } from "kysely";
import type { Database } from "../db/database.ts";
import type { LogPlace } from "./cursor.ts";
import type { EventTable } from "./log.table.ts";

export type LogEntry = Selectable<EventTable>;

/** Where the log ends now, and from where on it is kept. */
export interface LogState extends LogPlace {
  /** Events up to this position are gone. */
  readonly floor: number;
}

export async function readLogState(db: Kysely<Database>): Promise<LogState> {
  return await db
    .selectFrom("log_head")
    .select(["epoch", "position", "floor"])
    .where("id", "=", 1)
    .executeTakeFirstOrThrow();
}

/** The entries after `position`, oldest first, whoever may see them. */
export async function readLog(db: Kysely<Database>, position: number, limit: number): Promise<LogEntry[]> {
  return await db
    .selectFrom("events")
    .selectAll()
    .where("position", ">", position)
    .orderBy("position")
    .limit(limit)
    .execute();
}
