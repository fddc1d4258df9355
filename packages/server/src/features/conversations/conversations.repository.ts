import { sql, type Kysely, type Selectable } from "kysely";
import type { Database } from "../../db/database.ts";
import { oneOf } from "../../db/one-of.ts";
import { prepared } from "../../db/prepared.ts";
import { existingUsers } from "../users/index.ts";
import type { ConversationTable } from "./conversations.table.ts";

export type ConversationRow = Selectable<ConversationTable>;

/** Written out rather than bound: only then can SQLite use the index of public conversations. */
const isPublic = sql<boolean>`kind = 'public'`;

/** The key under which the direct conversation of two users, or of one with themself, is unique. */
export function directKey(one: number, other: number): string {
  return `${Math.min(one, other)}:${Math.max(one, other)}`;
}

/** The other user of a direct conversation, or the same one of a conversation with oneself. */
export function otherUser({ direct_key }: ConversationRow, userId: number): number | null {
  if (direct_key === null) return null;
  const [one = userId, other = userId] = direct_key.split(":").map(Number);
  return one === userId ? other : one;
}

const byDirectKey = prepared<{ key: string }, ConversationRow>((db, { key }) =>
  db.selectFrom("conversations").selectAll().where("direct_key", "=", key),
);

export async function findDirect(
  db: Kysely<Database>,
  one: number,
  other: number,
): Promise<ConversationRow | undefined> {
  const [row] = await byDirectKey(db, { key: directKey(one, other) });
  return row;
}

export interface NewConversation {
  readonly kind: ConversationRow["kind"];
  readonly name: string | null;
  readonly direct_key: string | null;
  readonly at: number;
}

export async function insertConversation(
  db: Kysely<Database>,
  { kind, name, direct_key, at }: NewConversation,
): Promise<ConversationRow> {
  return await db
    .insertInto("conversations")
    .values({ kind, name, direct_key, created_at: at, activity_at: at })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function renameConversation(
  db: Kysely<Database>,
  id: number,
  name: string,
): Promise<ConversationRow> {
  return await db
    .updateTable("conversations")
    .set({ name })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
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

const nextSeq = prepared<{ id: number; at: number }, { last_seq: number }>((db, { id, at }) =>
  db
    .updateTable("conversations")
    .set((eb) => ({ last_seq: eb("last_seq", "+", 1), activity_at: at }))
    .where("id", "=", id)
    .returning("last_seq"),
);

/** Takes the next `seq`. It locks the row until the commit, so commit order is `seq` order. */
export async function takeSeq(db: Kysely<Database>, conversationId: number, at: number): Promise<number> {
  const [taken] = await nextSeq(db, { id: conversationId, at });
  if (!taken) throw new Error("There is no such conversation.");
  return taken.last_seq;
}

const nextDirectSeq = prepared<{ key: string; otherId: number; at: number }, ConversationRow>(
  (db, { key, otherId, at }) =>
    db
      .updateTable("conversations")
      .set((eb) => ({ last_seq: eb("last_seq", "+", 1), activity_at: at }))
      .where("direct_key", "=", key)
      .where((eb) => eb.exists(existingUsers(db).where("id", "=", otherId)))
      .returningAll(),
);

/**
 * Takes the next `seq` of the direct conversation with somebody who exists, and returns it as it is then; undefined
 * when there is no such person, or not yet such a conversation. One statement does what most sends need.
 */
export async function takeDirectSeq(
  db: Kysely<Database>,
  userId: number,
  otherId: number,
  at: number,
): Promise<ConversationRow | undefined> {
  const [conversation] = await nextDirectSeq(db, { key: directKey(userId, otherId), otherId, at });
  return conversation;
}

export async function findConversations(
  db: Kysely<Database>,
  ids: readonly number[],
): Promise<ConversationRow[]> {
  if (ids.length === 0) return [];
  return await db
    .selectFrom("conversations")
    .selectAll()
    .where(oneOf(db, "id", ids))
    .execute();
}

function visibleTo(db: Kysely<Database>, userId: number) {
  const joined = db.selectFrom("members").select("conversation_id as id").where("user_id", "=", userId);
  const open = db.selectFrom("conversations").select("id").where(isPublic);
  return db.selectFrom("conversations").selectAll().where("id", "in", joined.unionAll(open));
}

const visible = prepared<{ userId: number; id: number }, ConversationRow>((db, { userId, id }) =>
  visibleTo(db, userId).where("id", "=", id),
);

/** The conversation, if `userId` may see it. */
export async function findVisibleConversation(
  db: Kysely<Database>,
  userId: number,
  id: number,
): Promise<ConversationRow | undefined> {
  const [row] = await visible(db, { userId, id });
  return row;
}

/** Those of the conversations that `userId` may see. */
export async function findVisibleAmong(
  db: Kysely<Database>,
  userId: number,
  ids: readonly number[],
): Promise<ConversationRow[]> {
  if (ids.length === 0) return [];
  return await visibleTo(db, userId).where("id", "in", ids).orderBy("id").execute();
}

/** Where a list of conversations goes on: after this one, in the order of their latest activity. */
export interface ActivityCursor {
  readonly activityAt: number;
  readonly id: number;
}

/** The conversations that `userId` may see, the latest active first. */
export async function listVisibleConversations(
  db: Kysely<Database>,
  userId: number,
  after: ActivityCursor | undefined,
  limit: number,
): Promise<ConversationRow[]> {
  let query = visibleTo(db, userId).orderBy("activity_at", "desc").orderBy("id", "desc").limit(limit);
  if (after) {
    const { activityAt, id } = after;
    query = query.where((eb) =>
      eb.or([
        eb("activity_at", "<", activityAt),
        eb.and([eb("activity_at", "=", activityAt), eb("id", "<", id)]),
      ]),
    );
  }
  return await query.execute();
}
