import { setTimeout as delay } from "node:timers/promises";
import SqliteDatabase from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { OpenDatabase } from "./db/open-database.ts";
import { openTestDatabase } from "./db/open-database.testing.ts";
import { testEngine } from "./db/test-database.testing.ts";
import { createAccount } from "./features/auth/auth.writes.ts";
import type { Commit, Writer } from "./log/writer.ts";
import { defineWrite } from "./log/write.ts";
import { openWriter } from "./open-writer.ts";
import { writes } from "./writes.ts";

let database: OpenDatabase;
let writer: Writer;
let commits: Commit[];
let failures: Error[];

beforeEach(async () => {
  database = await openTestDatabase();
  commits = [];
  failures = [];
  writer = openWriter(database, {
    onCommit: (commit) => commits.push(commit),
    onFailure: (error) => failures.push(error),
  });
});

afterEach(async () => {
  await writer.close();
  await database.close();
});

const register = (name: string) =>
  writer.run(createAccount, { name, email: `${name}@example.com`, passwordHash: "", at: 0 });

describe("the writer that the server opens", () => {
  test("makes writes in the order they came, each alone in its success, and tells of their events", async () => {
    const outcomes = await Promise.allSettled(["ada", "blaise", "ada", "chloe"].map(register));
    expect(outcomes.map((outcome) => outcome.status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect(outcomes[2]).toMatchObject({ reason: { name: "DomainError", code: "EMAIL_TAKEN" } });
    const rows = await database.readDb.selectFrom("users").select("name").orderBy("id").execute();
    expect(rows.map(({ name }) => name)).toEqual(["ada", "blaise", "chloe"]);
    expect(commits.flatMap(({ events }) => events.map(({ position }) => position))).toEqual([1, 2, 3]);
    expect(commits.reduce((sum, commit) => sum + commit.writes, 0)).toBe(4);
  });

  test("finishes what it was given before it closes, and takes nothing after", async () => {
    const given = register("ada");
    await writer.close();
    expect(await given).toMatchObject({ name: "ada" });
    await expect(register("blaise")).rejects.toMatchObject({ code: "OVERLOADED" });
    expect(failures).toEqual([]);
  });

  test("has every write in its list once", () => {
    const names = writes.map((write) => write.name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe.runIf(testEngine === "sqlite")("the thread that writes", () => {
  test("refuses a write that is not in the list, and goes on", async () => {
    const unlisted = defineWrite("unlisted", async () => 1);
    await expect(writer.run(unlisted, {})).rejects.toThrow("unlisted is not in the list of writes");
    expect(await register("ada")).toMatchObject({ name: "ada" });
  });

  test("answers within seconds that another process holds the file, blocks nobody, and goes on after", async () => {
    await register("first");
    const other = new SqliteDatabase(database.location);
    other.exec("begin immediate");
    let longest = 0;
    let before = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - before);
      before = performance.now();
    }, 5);
    const startedAt = performance.now();
    await expect(register("ada")).rejects.toMatchObject({ code: "STORAGE_LOCKED" });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    clearInterval(watch);
    expect(longest).toBeLessThan(500);

    const waiting = register("blaise");
    await delay(200);
    other.exec("rollback");
    other.close();
    expect(await waiting).toMatchObject({ name: "blaise" });
  });
});
