import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** The messages of a conversation are found by `seq`, in the order of which their ids grow too. */
export function fewerIndexes(): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await sql`drop index messages_by_conversation`.execute(db);
    },
  };
}
