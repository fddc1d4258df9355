import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nextTurn } from "../lib/next-turn.ts";
import type { OpenDatabase } from "./open-database.ts";
import { openSqlite } from "./sqlite.ts";

let folder: string;
let database: OpenDatabase;
let other: SqliteDatabase.Database;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "causerie-sqlite-"));
  database = await openSqlite(join(folder, "test.db"));
  await database.migrate();
  // Another process, as far as SQLite can tell.
  other = new SqliteDatabase(join(folder, "test.db"), { timeout: 0 });
});

afterEach(async () => {
  other.close();
  await database.close();
  await rm(folder, { recursive: true });
});

const raise = () =>
  database.writeDb.transaction().execute(async (trx) => {
    const { position } = await trx.selectFrom("log_head").select("position").executeTakeFirstOrThrow();
    await trx
      .updateTable("log_head")
      .set({ position: position + 1 })
      .execute();
  });
const position = () => other.prepare("select position from log_head").pluck().get();

test("a transaction that reads before it writes waits for another process, and sees what that wrote", async () => {
  other.exec("begin immediate; update log_head set position = 10");
  const raised = raise();
  // It has tried by then, in vain.
  await nextTurn();
  other.exec("commit");
  await raised;
  expect(position()).toBe(11);
});

test("nobody else can write once it has begun", async () => {
  await database.writeDb.transaction().execute(async (trx) => {
    await trx.selectFrom("log_head").select("position").execute();
    expect(() => other.exec("update log_head set position = 5")).toThrow(/locked/);
  });
});
