import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { openPostgres } from "../../packages/server/src/db/postgres.ts";
import { openSqlite } from "../../packages/server/src/db/sqlite.ts";
import type { TestDatabase } from "../../packages/server/src/db/test-database.testing.ts";
import { fillPostgres, fillSqlite, type Fill } from "./fill-database.ts";

/** The password of everybody in a data folder. */
export const password = "motdepasse123";

/** Its hash, with little memory and one pass: a thousand people can sign in within seconds. */
const passwordHash =
  "$argon2id$v=19$m=1024,p=1,t=1$DQWRa/rG7HAM3k/te9IOug$sYNXkRVnGyF0vYtv08nQc4ZZWj5lC+thCT3a9aXyPfE";

/** A folder with Causerie's database, or with what else belongs to one, and people in it whose ids are 1 to their number. */
export interface DataFolder extends AsyncDisposable {
  readonly path: string;
  readonly people: number;
  /** What makes a server use it. */
  readonly env: Readonly<Record<string, string>>;
  /** Fills the database, which no server may be using meanwhile. */
  fill(work: Fill): Promise<void>;
}

/** The address that a person signs in with. */
export const emailOf = (userId: number) => `person-${userId}@example.com`;

/** Makes a folder as the product's own migrations make it; with an empty PostgreSQL database, on that. */
export async function createDataFolder(people: number, postgres?: TestDatabase): Promise<DataFolder> {
  const path = await mkdtemp(join(tmpdir(), "causerie-bench-"));
  const file = join(path, "causerie.db");
  const database = await (postgres
    ? openPostgres(postgres.url, pino({ level: "silent" }))
    : openSqlite(file));
  await database.migrate();
  const now = Date.now();
  for (let from = 1; from <= people; from += 1000) {
    const count = Math.min(1000, people - from + 1);
    const users = Array.from({ length: count }, (_, index) => userRow(from + index, now));
    await database.writeDb.insertInto("users").values(users).execute();
  }
  await database.close();
  return {
    path,
    people,
    env: { DATA_DIR: path, ...(postgres ? { DATABASE_URL: postgres.url } : {}) },
    fill: (work) => (postgres ? fillPostgres(postgres, work) : fillSqlite(file, work)),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

function userRow(id: number, now: number) {
  const name = `Person ${id}`;
  const email = emailOf(id);
  return {
    id,
    name,
    name_key: name.toLowerCase(),
    email,
    email_key: email,
    password_hash: passwordHash,
    created_at: now,
    updated_at: now,
  };
}
