import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** A refresh may have a name, under which its answer is given again. */
export function refreshAttempts(): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await sql`alter table sessions add column refresh_attempt_hash text`.execute(db);
    },
  };
}
