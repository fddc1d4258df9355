import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { columnTypes, type Engine } from "../engine.ts";

/** Groups and read markers, accounts that end, sessions in cookies, and a log that forgets. */
export function groupsAndAccounts(engine: Engine): Migration {
  const { integer } = columnTypes(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      const statements = [
        sql`alter table users add column is_admin ${integer} not null default 0`,
        sql`alter table users add column deleted_at ${integer}`,

        sql`alter table sessions add column kind text not null default 'token'
          check (kind in ('token', 'cookie'))`,

        sql`alter table conversations add column activity_at ${integer} not null default 0`,
        sql`update conversations set activity_at = coalesce(
          (select max(created_at) from messages where messages.conversation_id = conversations.id),
          conversations.created_at)`,

        sql`alter table members add column joined_position ${integer} not null default 0`,
        sql`alter table members add column since_seq ${integer} not null default 0`,

        // Only direct messages are listed by their sender; those of groups are read there.
        sql`drop index messages_by_sender`,
        sql`create index messages_by_sender on messages (sender_id, id)
          where deleted_at is null and receiver_id is not null`,

        sql`alter table log_head add column floor ${integer} not null default 0`,
        sql`alter table events add column member_id ${integer}`,
      ];
      for (const statement of statements) await statement.execute(db);
    },
  };
}
