import type { Page } from "@causerie/shared";
import { sql, type Kysely, type Selectable } from "kysely";
import type { Database } from "../../db/database.ts";
import { readPage, type PageOf } from "../../db/read-page.ts";
import type { ConversationTable } from "./conversations.table.ts";

export type ConversationRow = Selectable<ConversationTable>;

/** Written out rather than bound: only then can SQLite use the index of public conversations. */
const isPublic = sql<boolean>`kind = 'public'`;

/** The key under which the direct conversation of two users, or of one with themself, is unique. */
export function directKey(one: number, other: number): string {
  return `${Math.min(one, other)}:${Math.max(one, other)}`;
}

export async function findDirect(
  db: Kysely<Database>,
  one: number,
  other: number,
): Promise<ConversationRow | undefined> {
  return await db
    .selectFrom("conversations")
    .selectAll()
    .where("direct_key", "=", directKey(one, other))
    .executeTakeFirst();
}

export async function insertDirect(
  db: Kysely<Database>,
  one: number,
  other: number,
  at: number,
): Promise<ConversationRow> {
  const conversation = await db
    .insertInto("conversations")
    .values({ kind: "direct", name: null, direct_key: directKey(one, other), created_at: at })
    .returningAll()
    .executeTakeFirstOrThrow();
  const members = [...new Set([one, other])].map((userId) => ({
    conversation_id: conversation.id,
    user_id: userId,
    role: "member" as const,
    joined_at: at,
  }));
  await db.insertInto("members").values(members).execute();
  return conversation;
}

/** The public conversation that exists from the start: the seed's public messages. */
export async function findLobby(db: Kysely<Database>): Promise<ConversationRow> {
  return await db
    .selectFrom("conversations")
    .selectAll()
    .where(isPublic)
    .orderBy("id")
    .limit(1)
    .executeTakeFirstOrThrow();
}

/** Takes the next `seq`. It locks the row until the commit, so commit order is `seq` order. */
export async function takeSeq(db: Kysely<Database>, conversationId: number): Promise<number> {
  const { last_seq } = await db
    .updateTable("conversations")
    .set((eb) => ({ last_seq: eb("last_seq", "+", 1) }))
    .where("id", "=", conversationId)
    .returning("last_seq")
    .executeTakeFirstOrThrow();
  return last_seq;
}

export async function findConversations(
  db: Kysely<Database>,
  ids: readonly number[],
): Promise<ConversationRow[]> {
  if (ids.length === 0) return [];
  return await db.selectFrom("conversations").selectAll().where("id", "in", ids).execute();
}

function visibleTo(db: Kysely<Database>, userId: number) {
  const joined = db.selectFrom("members").select("conversation_id as id").where("user_id", "=", userId);
  const open = db.selectFrom("conversations").select("id").where(isPublic);
  return db.selectFrom("conversations").selectAll().where("id", "in", joined.unionAll(open));
}

/** The conversation, if `userId` may see it. */
export async function findVisibleConversation(
  db: Kysely<Database>,
  userId: number,
  id: number,
): Promise<ConversationRow | undefined> {
  return await visibleTo(db, userId).where("id", "=", id).executeTakeFirst();
}

export async function listVisibleConversations(
  db: Kysely<Database>,
  userId: number,
  page: Page,
): Promise<PageOf<ConversationRow>> {
  return await readPage(page, ({ comparison, from, direction, limit }) =>
    visibleTo(db, userId).where("id", comparison, from).orderBy("id", direction).limit(limit).execute(),
  );
}

/** The members of each conversation, in the order of their ids. */
export async function membersByConversation(
  db: Kysely<Database>,
  conversationIds: readonly number[],
): Promise<Map<number, number[]>> {
  const members = new Map<number, number[]>();
  if (conversationIds.length === 0) return members;
  const rows = await db
    .selectFrom("members")
    .select(["conversation_id", "user_id"])
    .where("conversation_id", "in", conversationIds)
    .orderBy("user_id")
    .execute();
  for (const row of rows) {
    const ofConversation = members.get(row.conversation_id) ?? [];
    ofConversation.push(row.user_id);
    members.set(row.conversation_id, ofConversation);
  }
  return members;
}
