import { sql, type Kysely, type Selectable } from "kysely";
import type { Database } from "../db/database.ts";
import { everyone, onlyUser } from "./audience.ts";
import type { LogPlace } from "./cursor.ts";
import type { EventTable } from "./log.table.ts";

export type LogEntry = Selectable<EventTable>;

/** Where the log ends, and up to where its events are no longer kept. */
export interface LogHead extends LogPlace {
  readonly floor: number;
}

/** Reads the log: all of it for the hub, or what one user may see for a resume. */
export interface LogReader {
  /** Where the log ends now. */
  head(): Promise<LogHead>;
  /** The entries after `position`, oldest first, whoever may see them. */
  after(position: number, limit: number): Promise<LogEntry[]>;
  /**
   * The entries after `position` that `userId` may see, oldest first. They are found by
   * audience, so the cost follows what the user may see and not the length of the log.
   */
  visibleAfter(userId: number, position: number, limit: number): Promise<LogEntry[]>;
}

/** Every audience that `userId` belongs to now. */
function audiencesOf(userId: number) {
  return sql<string>`(
    select ${everyone} union all
    select ${onlyUser(userId)} union all
    select 'c:' || conversation_id from ${sql.table("members")} where user_id = ${userId}
  )`;
}

export function createLogReader(db: Kysely<Database>): LogReader {
  return {
    async head() {
      return await db
        .selectFrom("log_head")
        .select(["epoch", "position", "floor"])
        .where("id", "=", 1)
        .executeTakeFirstOrThrow();
    },
    async after(position, limit) {
      return await db
        .selectFrom("events")
        .selectAll()
        .where("position", ">", position)
        .orderBy("position")
        .limit(limit)
        .execute();
    },
    async visibleAfter(userId, position, limit) {
      return await db
        .selectFrom("events")
        .selectAll()
        .where("position", ">", position)
        .where("audience", "in", audiencesOf(userId))
        .orderBy("position")
        .limit(limit)
        .execute();
    },
  };
}
