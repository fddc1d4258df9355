import SqliteDatabase from "better-sqlite3";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createAccessTokens } from "../../packages/server/src/features/sessions/index.ts";
import { createAccounts, type Account } from "./accounts.ts";
import { startCauserie } from "./causerie.ts";

const tokenLifetimeSeconds = 24 * 3600;

/**
 * Makes a data folder with `count` accounts that are signed in. One registers and signs in like
 * anybody; the others are copies of its rows, because argon2 would take minutes for thousands.
 */
export async function createClonedAccounts(dataDir: string, count: number): Promise<Account[]> {
  const original = await registerOne(dataDir);
  const tokens = createAccessTokens(
    await readFile(join(dataDir, "jwt-secret"), "utf8").then((text) => text.trim()),
  );
  const database = new SqliteDatabase(join(dataDir, "causerie.db"));
  try {
    const user = rowOf(database, "users", "id", original.id);
    const session = rowOf(database, "sessions", "user_id", original.id);
    const insertUser = insertInto(database, "users", user);
    const insertSession = insertInto(database, "sessions", session);
    const issued = Math.floor(Date.now() / 1000);
    const clone = (n: number): Account => {
      const email = `clone-${n}@example.com`;
      const id = original.id + n;
      const sid = randomUUID();
      insertUser.run({ ...user, id, email, email_key: email, name: `Clone ${n}`, name_key: `clone ${n}` });
      insertSession.run({ ...session, id: sid, user_id: id, refresh_hash: `clone-${n}` });
      const claims = {
        sub: String(id),
        sid,
        jti: randomUUID(),
        iat: issued,
        exp: issued + tokenLifetimeSeconds,
      };
      return { id, token: tokens.sign(claims) };
    };
    return database.transaction(() => [
      original,
      ...Array.from({ length: count - 1 }, (_, n) => clone(n + 1)),
    ])();
  } finally {
    database.close();
  }
}

async function registerOne(dataDir: string): Promise<Account> {
  await using server = await startCauserie({ dataDir });
  const [account] = await createAccounts(server.url, 1);
  if (!account) throw new Error("Nobody was registered.");
  return account;
}

type Values = Readonly<Record<string, unknown>>;

function rowOf(database: SqliteDatabase.Database, table: string, column: string, value: unknown): Values {
  const row = database.prepare<[unknown], Values>(`select * from ${table} where ${column} = ?`).get(value);
  if (!row) throw new Error(`There is no row in ${table}.`);
  return row;
}

function insertInto(database: SqliteDatabase.Database, table: string, { ...row }: Values) {
  const columns = Object.keys(row);
  const values = columns.map((column) => `@${column}`);
  return database.prepare<[Values]>(
    `insert into ${table} (${columns.join(", ")}) values (${values.join(", ")})`,
  );
}
