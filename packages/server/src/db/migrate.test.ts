import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OpenDatabase } from "./open-database.ts";
import { openEmptyDatabase } from "./open-database.testing.ts";

let database: OpenDatabase;

beforeEach(async () => {
  database = await openEmptyDatabase();
});
afterEach(() => database.close());

const countUsers = () =>
  database.readDb
    .selectFrom("users")
    .select(sql`count(*)`.as("count"))
    .execute();

test("migrations that fail half-way leave the database as it was", async () => {
  await sql`create table events (taken integer)`.execute(database.writeDb);
  await expect(database.migrate()).rejects.toThrow();
  await expect(countUsers()).rejects.toThrow(/users/);
  await sql`drop table events`.execute(database.writeDb);
  await database.migrate();
  expect(await countUsers()).toEqual([{ count: 0 }]);
});

test("migrating again changes nothing", async () => {
  const epoch = () => database.readDb.selectFrom("log_head").select("epoch").execute();
  await database.migrate();
  const first = await epoch();
  await database.migrate();
  expect(await epoch()).toEqual(first);
});
