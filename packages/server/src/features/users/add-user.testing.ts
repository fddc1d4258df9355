import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import { insertUser } from "./users.repository.ts";

/** Stores a user whom nobody can sign in as, under the id given or the next one. Returns the id. */
export async function addUser(db: Kysely<Database>, name: string, id?: number): Promise<number> {
  const values = { name, name_key: name, email: name, email_key: name, password_hash: "" };
  const chosen = id === undefined ? {} : { id };
  return (await insertUser(db, { ...chosen, ...values, created_at: 0, updated_at: 0 })).id;
}
