import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../packages/server/src/db/test-database.testing.ts";
import { runMain } from "../support/run-main.ts";
import { startServerProcess } from "../support/server-process.ts";

let dataDir: string;
let database: TestDatabase;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "causerie-test-"));
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true });
});

const change = (parts: Partial<URL>) => Object.assign(new URL(inject("postgresUrl") ?? ""), parts).href;

test.each([
  ["a wrong password", () => change({ password: "wrong-canary" }), "refuses the user postgres"],
  ["an unknown user", () => change({ username: "nobody" }), "refuses the user nobody"],
  ["a missing database", () => change({ pathname: "/missing" }), "There is no database missing on 127.0.0.1"],
  ["a port where nothing listens", () => change({ port: "1" }), "cannot be reached"],
  ["an unknown host", () => change({ hostname: "postgres.invalid" }), "The host postgres.invalid"],
  ["something that is no URL of a database", () => "postgres://host", "DATABASE_URL must be like"],
  [
    "a password that is not encoded",
    () => change({}).replace(/:([^:@]+)@/, ":$1/#@"),
    "DATABASE_URL must be",
  ],
])("%s is one sentence at the start, without the password", async (_what, url, sentence) => {
  const { code, stdout, stderr } = await runMain({ PORT: "0", DATA_DIR: dataDir, DATABASE_URL: url() });
  expect(stderr).toContain(sentence);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(code).toBe(78);
  for (const secret of [new URL(change({})).password, "wrong-canary"]) {
    expect(stdout + stderr).not.toContain(secret);
  }
});

test("a database that cannot hold all text is refused with a sentence", async () => {
  await database.query("create database ascii_only encoding 'SQL_ASCII' template template0");
  const DATABASE_URL = change({ pathname: "/ascii_only" });
  const { code, stderr } = await runMain({ PORT: "0", DATA_DIR: dataDir, DATABASE_URL });
  await database.query("drop database ascii_only");
  expect(stderr).toMatch(/^The database ascii_only on .* stores text as SQL_ASCII: .*\.\n$/);
  expect(code).toBe(78);
});

test("a user who may not create tables is told what to do", async () => {
  await database.query(
    "create role guest login password 'guest'; revoke create on schema public from public",
  );
  const DATABASE_URL = Object.assign(new URL(database.url), { username: "guest", password: "guest" }).href;
  const { code, stderr } = await runMain({ PORT: "0", DATA_DIR: dataDir, DATABASE_URL });
  await database.query("drop role guest");
  expect(stderr).toContain("The user guest may not create tables");
  expect(code).toBe(78);
});

test("the start says in which database the data is, and not with which password", async () => {
  await using server = await startServerProcess();
  const { pathname, host, password } = new URL(server.storage.env["DATABASE_URL"] ?? "");
  const said = () => server.stderr.join("\n");
  await expect.poll(said).toContain(`data in   ${pathname.slice(1)} on ${host}`);
  expect(said() + server.stdout.join("\n")).not.toContain(password);
});
