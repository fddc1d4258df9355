import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OpenDatabase } from "./open-database.ts";
import { openTestDatabase } from "./open-database.testing.ts";

let database: OpenDatabase;

beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

test("64-bit integers, counts and sums come as numbers", async () => {
  const { rows } = await sql`
    select cast(9007199254740991 as bigint) as largest, count(*) as count, sum(position) as sum from log_head
  `.execute(database.readDb);
  expect(rows).toEqual([{ largest: Number.MAX_SAFE_INTEGER, count: 1, sum: 0 }]);
});

test("a commit waits for the disk, even where the server's default is not to", async () => {
  const { rows } = await sql`show synchronous_commit`.execute(database.writeDb);
  expect(rows).toEqual([{ synchronous_commit: "on" }]);
});

test("a statement that takes too long is an outage, and the next one works", async () => {
  await sql`set statement_timeout = 50`.execute(database.writeDb);
  const slow = sql`select pg_sleep(15)`.execute(database.writeDb);
  await expect(slow).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  expect((await sql`select 1 as one`.execute(database.writeDb)).rows).toEqual([{ one: 1 }]);
});

test("an error does not carry the values that it is about", async () => {
  const user = { name: "x", name_key: "x", email: "jean@example.com", email_key: "jean@example.com" };
  const insert = () =>
    database.writeDb
      .insertInto("users")
      .values({ ...user, password_hash: "", created_at: 0, updated_at: 0 })
      .execute();
  await insert();
  const error: unknown = await insert().catch((error: unknown) => error);
  expect(error).toMatchObject({ code: "23505" });
  expect(JSON.stringify(error) + String(error)).not.toContain(user.email);
});

test("all connections but one only read", async () => {
  const write = database.readDb.updateTable("log_head").set({ position: 1 }).execute();
  await expect(write).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
});
