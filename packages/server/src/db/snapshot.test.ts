import { afterEach, beforeEach, expect, test } from "vitest";
import type { OpenDatabase } from "./open-database.ts";
import { openTestDatabase } from "./open-database.testing.ts";

let database: OpenDatabase;

beforeEach(async () => {
  database = await openTestDatabase();
});

afterEach(async () => {
  await database.close();
});

const position = async (db: OpenDatabase["readDb"]) =>
  (await db.selectFrom("log_head").select("position").executeTakeFirstOrThrow()).position;

const moveHead = () =>
  database.writeDb
    .updateTable("log_head")
    .set((eb) => ({ position: eb("position", "+", 1) }))
    .execute();

test("the reads of a snapshot see one state, whatever is committed between them", async () => {
  const seen = await database.snapshot(async (db) => {
    const before = await position(db);
    await moveHead();
    return [before, await position(db)];
  });
  expect(seen).toEqual([0, 0]);
  expect(await position(database.readDb)).toBe(1);
});

test("a snapshot that fails leaves the connection fit for the next", async () => {
  await expect(database.snapshot(() => Promise.reject(new Error("wrong")))).rejects.toThrow("wrong");
  await moveHead();
  expect(await database.snapshot(position)).toBe(1);
});

test("nothing can be written in a snapshot", async () => {
  await expect(
    database.snapshot((db) => db.updateTable("log_head").set({ position: 9 }).execute()),
  ).rejects.toThrow();
  expect(await position(database.readDb)).toBe(0);
});
