import { randomBytes } from "node:crypto";
import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { columnTypes, tableSuffix, type Engine } from "../engine.ts";

/** Accounts, sessions, conversations, messages and the log, with the one public conversation. */
export function start(engine: Engine): Migration {
  const { integer, rowId } = columnTypes(engine);
  const suffix = tableSuffix(engine);

  return {
    async up(db: Kysely<unknown>): Promise<void> {
      const statements = [
        sql`create table users (
          id ${rowId},
          name text not null,
          name_key text not null,
          email text not null,
          email_key text not null unique,
          password_hash text not null,
          created_at ${integer} not null,
          updated_at ${integer} not null
        ) ${suffix}`,

        sql`create table sessions (
          id text primary key,
          user_id ${integer} not null references users (id),
          device text,
          access_ttl_ms ${integer} not null,
          refresh_hash text not null,
          previous_refresh_hash text,
          rotated_at ${integer},
          created_at ${integer} not null,
          last_used_at ${integer} not null,
          expires_at ${integer} not null,
          revoked_at ${integer}
        ) ${suffix}`,
        sql`create index sessions_by_user on sessions (user_id)`,
        sql`create index sessions_by_expiry on sessions (expires_at)`,

        sql`create table revoked_tokens (
          id text primary key,
          expires_at ${integer} not null
        ) ${suffix}`,
        sql`create index revoked_tokens_by_expiry on revoked_tokens (expires_at)`,

        sql`create table conversations (
          id ${rowId},
          kind text not null check (kind in ('direct', 'group', 'public')),
          name text,
          direct_key text unique,
          last_seq ${integer} not null default 0,
          created_at ${integer} not null
        ) ${suffix}`,
        sql`create index conversations_public on conversations (id) where kind = 'public'`,

        sql`create table members (
          conversation_id ${integer} not null references conversations (id),
          user_id ${integer} not null references users (id),
          role text not null check (role in ('owner', 'admin', 'member')),
          last_read_seq ${integer} not null default 0,
          joined_at ${integer} not null,
          primary key (conversation_id, user_id)
        ) ${suffix}`,
        sql`create index members_by_user on members (user_id, conversation_id)`,

        sql`create table messages (
          id ${rowId},
          conversation_id ${integer} not null references conversations (id),
          seq ${integer} not null,
          sender_id ${integer} not null references users (id),
          receiver_id ${integer} references users (id),
          content text not null,
          reply_to ${integer} references messages (id),
          client_message_id text,
          body_hash text,
          created_at ${integer} not null,
          updated_at ${integer},
          deleted_at ${integer},
          unique (conversation_id, seq),
          unique (sender_id, client_message_id)
        ) ${suffix}`,
        sql`create index messages_by_conversation on messages (conversation_id, id) where deleted_at is null`,
        sql`create index messages_by_sender on messages (sender_id, id) where deleted_at is null`,
        sql`create index messages_by_receiver on messages (receiver_id, id) where receiver_id is not null`,
        sql`create index messages_by_answered on messages (reply_to) where reply_to is not null`,

        sql`create table log_head (
          id ${integer} primary key check (id = 1),
          epoch text not null,
          position ${integer} not null
        ) ${suffix}`,

        sql`create table events (
          position ${integer} primary key,
          type text not null,
          audience text not null,
          subject_id ${integer} not null,
          created_at ${integer} not null
        ) ${suffix}`,
        sql`create index events_by_audience on events (audience, position)`,

        sql`insert into log_head (id, epoch, position) values (1, ${randomBytes(9).toString("base64url")}, 0)`,
        sql`insert into conversations (kind, name, created_at) values ('public', 'Lobby', ${Date.now()})`,
      ];
      for (const statement of statements) await statement.execute(db);
    },
  };
}
