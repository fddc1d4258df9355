import { limits } from "@causerie/shared";
import { sql, type Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import { oneOf } from "../../db/one-of.ts";

/** A member's marker in a conversation, and what is unread after it. */
export interface InboxRow {
  readonly conversation_id: number;
  readonly role: "owner" | "admin" | "member";
  readonly last_read_seq: number;
  readonly unread_count: number;
  /** The newest message that the member may read. */
  readonly last_message_id: number | null;
}

/**
 * Other people's messages behind a member's marker, counted from the messages each time and
 * never stored, so that nothing can drift. Counting stops at a limit, so its cost is bounded.
 */
function unreadCount(userId: number) {
  return sql<number>`(select count(*) from (
    select 1 from messages
    where messages.conversation_id = members.conversation_id
      and messages.seq > members.last_read_seq
      and messages.seq > members.since_seq
      and messages.deleted_at is null
      and messages.sender_id <> ${userId}
    limit ${sql.lit(limits.unreadCount)}
  ) as unread)`;
}

/** The user's places in the given conversations. */
export async function readInbox(
  db: Kysely<Database>,
  userId: number,
  conversationIds: readonly number[],
): Promise<Map<number, InboxRow>> {
  if (conversationIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("members")
    .select(["conversation_id", "role", "last_read_seq"])
    .select([
      unreadCount(userId).as("unread_count"),
      newestMessage(sql.ref("members.conversation_id"), sql.ref("members.since_seq")).as("last_message_id"),
    ])
    .where("user_id", "=", userId)
    .where(oneOf(db, "conversation_id", conversationIds))
    .execute();
  return new Map(rows.map((row) => [row.conversation_id, row]));
}

/** The id of the newest message after `since`, found at the end of the index of its conversation. */
function newestMessage(conversationId: ReturnType<typeof sql.ref>, since: ReturnType<typeof sql.ref>) {
  return sql<number | null>`(
    select messages.id from messages
    where messages.conversation_id = ${conversationId}
      and messages.seq > ${since}
      and messages.deleted_at is null
    order by messages.seq desc limit 1
  )`;
}

/** The newest message of each conversation: for those in which the reader has no place. */
export async function newestMessages(
  db: Kysely<Database>,
  conversationIds: readonly number[],
): Promise<Map<number, number | null>> {
  if (conversationIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("conversations")
    .select(["id", newestMessage(sql.ref("conversations.id"), sql`0`).as("message_id")])
    .where(oneOf(db, "id", conversationIds))
    .execute();
  return new Map(rows.map((row) => [row.id, row.message_id]));
}

/** The unread messages of all conversations of a user together. */
export async function countUnread(db: Kysely<Database>, userId: number): Promise<number> {
  const row = await db
    .selectFrom("members")
    .innerJoin("conversations", "conversations.id", "members.conversation_id")
    .select(sql<number>`cast(coalesce(sum(${unreadCount(userId)}), 0) as bigint)`.as("total"))
    .where("members.user_id", "=", userId)
    .whereRef("conversations.last_seq", ">", "members.last_read_seq")
    .executeTakeFirstOrThrow();
  return row.total;
}
