import { limits, type MemberRole, type Page } from "@causerie/shared";
import { sql, type Insertable, type Kysely, type Selectable } from "kysely";
import type { Database } from "../../db/database.ts";
import { oneOf, tableOf } from "../../db/one-of.ts";
import { prepared } from "../../db/prepared.ts";
import { readPage, type PageOf } from "../../db/read-page.ts";
import type { MemberTable } from "./conversations.table.ts";

export type MemberRow = Selectable<MemberTable>;

/** A member with the name that others see. */
export interface NamedMember {
  readonly conversation_id: number;
  readonly user_id: number;
  readonly name: string;
  readonly role: MemberRole;
  readonly joined_at: number;
  readonly last_read_seq: number;
}

export async function insertMembers(
  db: Kysely<Database>,
  members: readonly Insertable<MemberTable>[],
): Promise<void> {
  if (members.length > 0) await db.insertInto("members").values(members).execute();
}

const byPlace = prepared<{ conversationId: number; userId: number }, MemberRow>(
  (db, { conversationId, userId }) =>
    db
      .selectFrom("members")
      .selectAll()
      .where("conversation_id", "=", conversationId)
      .where("user_id", "=", userId),
);

export async function findMember(
  db: Kysely<Database>,
  conversationId: number,
  userId: number,
): Promise<MemberRow | undefined> {
  const [row] = await byPlace(db, { conversationId, userId });
  return row;
}

/** Those of `userIds` who are in a conversation. */
export async function membersAmong(
  db: Kysely<Database>,
  conversationId: number,
  userIds: readonly number[],
): Promise<number[]> {
  if (userIds.length === 0) return [];
  const rows = await db
    .selectFrom("members")
    .select("user_id")
    .where("conversation_id", "=", conversationId)
    .where("user_id", "in", userIds)
    .execute();
  return rows.map((row) => row.user_id);
}

export async function setMemberRole(
  db: Kysely<Database>,
  { conversation_id, user_id }: Pick<MemberRow, "conversation_id" | "user_id">,
  role: MemberRole,
): Promise<void> {
  await db
    .updateTable("members")
    .set({ role })
    .where("conversation_id", "=", conversation_id)
    .where("user_id", "=", user_id)
    .execute();
}

export async function deleteMember(
  db: Kysely<Database>,
  conversationId: number,
  userId: number,
): Promise<void> {
  await db
    .deleteFrom("members")
    .where("conversation_id", "=", conversationId)
    .where("user_id", "=", userId)
    .execute();
}

/** Moves the marker forward, never back. Returns whether it moved. */
export async function moveMarker(
  db: Kysely<Database>,
  conversationId: number,
  userId: number,
  seq: number,
): Promise<boolean> {
  const moved = await db
    .updateTable("members")
    .set({ last_read_seq: seq })
    .where("conversation_id", "=", conversationId)
    .where("user_id", "=", userId)
    .where("last_read_seq", "<", seq)
    .returning("last_read_seq")
    .executeTakeFirst();
  return moved !== undefined;
}

/** The memberships that end with the account: all but those in direct conversations, which stay for the other. */
export async function joinedConversations(db: Kysely<Database>, userId: number): Promise<MemberRow[]> {
  return await db
    .selectFrom("members")
    .innerJoin("conversations", "conversations.id", "members.conversation_id")
    .selectAll("members")
    .where("members.user_id", "=", userId)
    .where("conversations.kind", "!=", "direct")
    .execute();
}

export async function hasOtherOwner(
  db: Kysely<Database>,
  conversationId: number,
  userId: number,
): Promise<boolean> {
  const other = await db
    .selectFrom("members")
    .select("user_id")
    .where("conversation_id", "=", conversationId)
    .where("role", "=", "owner")
    .where("user_id", "!=", userId)
    .limit(1)
    .executeTakeFirst();
  return other !== undefined;
}

/** Who follows when no owner is left: the longest-standing admin, else member; nobody when one is left. */
export async function findHeir(db: Kysely<Database>, conversationId: number): Promise<MemberRow | undefined> {
  const first = await db
    .selectFrom("members")
    .selectAll()
    .where("conversation_id", "=", conversationId)
    .orderBy((eb) => eb.case("role").when("owner").then(0).when("admin").then(1).else(2).end())
    .orderBy("joined_at")
    .orderBy("user_id")
    .limit(1)
    .executeTakeFirst();
  return first?.role === "owner" ? undefined : first;
}

export async function countMembers(
  db: Kysely<Database>,
  conversationIds: readonly number[],
): Promise<Map<number, number>> {
  if (conversationIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("members")
    .select(["conversation_id", (eb) => eb.fn.countAll<number>().as("count")])
    .where(oneOf(db, "conversation_id", conversationIds))
    .groupBy("conversation_id")
    .execute();
  return new Map(rows.map((row) => [row.conversation_id, row.count]));
}

function namedMembers(db: Kysely<Database>) {
  return db
    .selectFrom("members")
    .innerJoin("users", "users.id", "members.user_id")
    .select([
      "members.conversation_id",
      "members.user_id",
      "users.name",
      "members.role",
      "members.joined_at",
      "members.last_read_seq",
    ]);
}

/** Who of `userIds` is in which of the conversations. */
export async function findNamedMembers(
  db: Kysely<Database>,
  conversationIds: readonly number[],
  userIds: readonly number[],
): Promise<NamedMember[]> {
  if (conversationIds.length === 0 || userIds.length === 0) return [];
  return await namedMembers(db)
    .where(oneOf(db, "members.conversation_id", conversationIds))
    .where(oneOf(db, "members.user_id", userIds))
    .orderBy("members.user_id")
    .execute();
}

/** The members of one conversation, in the order of their ids. */
export async function listMembers(
  db: Kysely<Database>,
  conversationId: number,
  page: Page,
): Promise<PageOf<NamedMember>> {
  return await readPage(page, ({ comparison, from, direction, limit }) =>
    namedMembers(db)
      .select("members.user_id as id")
      .where("members.conversation_id", "=", conversationId)
      .where("members.user_id", comparison, from)
      .orderBy("members.user_id", direction)
      .limit(limit)
      .execute(),
  );
}

/** Of each conversation its first members, in the order of their ids: few enough to show. */
export async function firstMembers(
  db: Kysely<Database>,
  conversationIds: readonly number[],
): Promise<Map<number, NamedMember[]>> {
  if (conversationIds.length === 0) return new Map();
  // Each conversation is a range of the primary key that is read no further than needed.
  const lastShown = sql<number>`coalesce((
    select user_id from members
    where conversation_id = listed.id
    order by user_id
    limit 1 offset ${sql.lit(limits.membersShown - 1)}
  ), ${sql.lit(Number.MAX_SAFE_INTEGER)})`;
  const rows = await namedMembers(db)
    .innerJoin(tableOf(db, conversationIds).as("listed"), "listed.id", "members.conversation_id")
    .where("members.user_id", "<=", lastShown)
    .orderBy("members.user_id")
    .execute();
  return groupBy(rows);
}

/** The members of each conversation, with what the delivery of events asks about them. */
export async function sharesByConversation(
  db: Kysely<Database>,
  conversationIds: readonly number[],
): Promise<Map<number, Pick<MemberRow, "conversation_id" | "user_id" | "joined_position" | "since_seq">[]>> {
  if (conversationIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("members")
    .select(["conversation_id", "user_id", "joined_position", "since_seq"])
    .where(oneOf(db, "conversation_id", conversationIds))
    .execute();
  return groupBy(rows);
}

function groupBy<Row extends { readonly conversation_id: number }>(rows: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.conversation_id) ?? [];
    group.push(row);
    groups.set(row.conversation_id, group);
  }
  return groups;
}
