import { foldKey, type Page } from "@causerie/shared";
import { sql, type Insertable, type Kysely, type Selectable, type Updateable } from "kysely";
import type { Database } from "../../db/database.ts";
import { oneOf } from "../../db/one-of.ts";
import { prepared } from "../../db/prepared.ts";
import { readPage, type PageOf } from "../../db/read-page.ts";
import type { UserTable } from "./users.table.ts";

export type UserRow = Selectable<UserTable>;

/** Everybody but those whose account was deleted: to whoever asks, they do not exist. */
export function existingUsers(db: Kysely<Database>) {
  return db.selectFrom("users").selectAll().where("deleted_at", "is", null);
}

const byId = prepared<{ id: number }, UserRow>((db, { id }) => existingUsers(db).where("id", "=", id));

export async function findUser(db: Kysely<Database>, id: number): Promise<UserRow | undefined> {
  const [row] = await byId(db, { id });
  return row;
}

export async function findUsers(db: Kysely<Database>, ids: readonly number[]): Promise<UserRow[]> {
  if (ids.length === 0) return [];
  return await existingUsers(db)
    .where(oneOf(db, "id", ids))
    .execute();
}

export async function findUserByEmail(db: Kysely<Database>, email: string): Promise<UserRow | undefined> {
  return await existingUsers(db).where("email_key", "=", foldKey(email)).executeTakeFirst();
}

export async function insertUser(db: Kysely<Database>, user: Insertable<UserTable>): Promise<UserRow> {
  return await db.insertInto("users").values(user).returningAll().executeTakeFirstOrThrow();
}

export async function updateUser(
  db: Kysely<Database>,
  id: number,
  changes: Updateable<UserTable>,
): Promise<UserRow> {
  return await db
    .updateTable("users")
    .set(changes)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * Takes everything personal out of the row. It stays for the messages that name it. No address
 * folds to the key that it gets, so the old one is free at once.
 */
export async function eraseUser(db: Kysely<Database>, id: number, at: number): Promise<void> {
  await updateUser(db, id, {
    name: "",
    name_key: "",
    email: "",
    email_key: `deleted:${id}`,
    password_hash: "",
    is_admin: 0,
    updated_at: at,
    deleted_at: at,
  });
}

/** Makes the user an administrator or ends that; false when it was so already. */
export async function setAdmin(db: Kysely<Database>, id: number, isAdmin: boolean): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("users")
    .set({ is_admin: Number(isAdmin) })
    .where("id", "=", id)
    .where("is_admin", "!=", Number(isAdmin))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The administrators, oldest account first. */
export async function listAdmins(db: Kysely<Database>): Promise<UserRow[]> {
  return await db.selectFrom("users").selectAll().where("is_admin", "=", 1).orderBy("id").execute();
}

/** People whose folded name holds `query`, or everybody. */
export async function listUsers(db: Kysely<Database>, page: Page, query?: string): Promise<PageOf<UserRow>> {
  return await readPage(page, (bounds) => {
    let people = existingUsers(db);
    if (query !== undefined) {
      people = people.where(sql<boolean>`name_key like ${likePattern(foldKey(query))} escape '\\'`);
    }
    return people
      .where("id", bounds.comparison, bounds.from)
      .orderBy("id", bounds.direction)
      .limit(bounds.limit)
      .execute();
  });
}

function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
}
