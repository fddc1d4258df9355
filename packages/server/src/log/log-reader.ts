import { sql, type Kysely, type Selectable } from "kysely";
import type { Database } from "../db/database.ts";
import { everyone, onlyUser } from "./audience.ts";
import type { LogPlace } from "./cursor.ts";
import type { EventTable } from "./log.table.ts";

export type LogEntry = Selectable<EventTable>;

/** An entry that a user may see, unless it is about a message up to `since_seq`. */
export interface VisibleEntry extends LogEntry {
  readonly since_seq: number;
}

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

/** Every audience that `userId` belongs to now, and from where on its events are theirs. */
function audiencesOf(db: Kysely<Database>, userId: number) {
  const always = (audience: string) =>
    db.selectNoFrom([
      sql<string>`cast(${audience} as text)`.as("audience"),
      sql<number>`0`.as("joined_position"),
      sql<number>`0`.as("since_seq"),
    ]);
  return always(everyone)
    .unionAll(always(onlyUser(userId)))
    .unionAll(
      db
        .selectFrom("members")
        .select([sql<string>`'c:' || conversation_id`.as("audience"), "joined_position", "since_seq"])
        .where("user_id", "=", userId),
    );
}

/**
 * The entries after `position` that `userId` may see, oldest first. They are found by
 * audience, so the cost follows what the user may see and not the length of the log.
 */
export async function readVisibleLog(
  db: Kysely<Database>,
  userId: number,
  position: number,
  limit: number,
): Promise<VisibleEntry[]> {
  return await db
    .selectFrom(audiencesOf(db, userId).as("audiences"))
    .innerJoin("events", "events.audience", "audiences.audience")
    .selectAll("events")
    .select("audiences.since_seq")
    .where("events.position", ">", position)
    .whereRef("events.position", ">=", "audiences.joined_position")
    .orderBy("events.position")
    .limit(limit)
    .execute();
}
