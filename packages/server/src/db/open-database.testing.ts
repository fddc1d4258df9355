import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { OpenDatabase } from "./open-database.ts";
import { openPostgres } from "./postgres.ts";
import { openSqlite } from "./sqlite.ts";
import { createTestDatabase, testEngine } from "./test-database.testing.ts";

/** A database with its schema, on the engine of the project that runs this test. `close` removes it. */
export async function openTestDatabase(): Promise<OpenDatabase> {
  const database = await openEmptyDatabase();
  await database.migrate();
  return database;
}

/** The same without the schema. */
export async function openEmptyDatabase(): Promise<OpenDatabase> {
  const { database, remove } = testEngine === "sqlite" ? await inFolder() : await onServer();
  return { ...database, close: () => database.close().then(remove) };
}

async function inFolder() {
  const folder = await mkdtemp(join(tmpdir(), "causerie-db-"));
  const database = await openSqlite(join(folder, "test.db"));
  return { database, remove: () => rm(folder, { recursive: true }) };
}

async function onServer() {
  const created = await createTestDatabase();
  const database = await openPostgres(created.url, pino({ level: "silent" }));
  return { database, remove: () => created[Symbol.asyncDispose]() };
}
