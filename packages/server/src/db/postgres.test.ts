import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { sql } from "kysely";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OpenDatabase } from "./open-database.ts";
import { openTestDatabase } from "./open-database.testing.ts";
import { createPool } from "./postgres-pool.ts";

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

/** @see https://www.pgbouncer.org/config.html#ignore_startup_parameters */
test("a connection is opened with nothing that PgBouncer refuses", async () => {
  await using pooler = createServer().listen(0, "127.0.0.1");
  await once(pooler, "listening");
  const { port } = pooler.address() as AddressInfo;
  const pool = createPool({
    url: `postgres://somebody@127.0.0.1:${port}/chat`,
    connections: 1,
    onConnect: async () => undefined,
    logger: pino({ level: "silent" }),
  });
  const refused = expect(pool.connect()).rejects.toThrow();
  const [socket] = (await once(pooler, "connection")) as [Socket];
  const [packet] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  await refused;
  await pool.end();
  // Its length and the protocol's version, then names and values.
  const words = packet.subarray(8).toString().split("\0");
  const names = words.filter((word, index) => index % 2 === 0 && word !== "");
  expect(names.sort()).toEqual(["application_name", "client_encoding", "database", "user"]);
});

test("statements, idle transactions and waits for locks end on both kinds of connection", async () => {
  for (const db of [database.writeDb, database.readDb]) {
    const { rows } = await sql`select name from pg_settings where setting <> '0'
      and name in ('statement_timeout', 'idle_in_transaction_session_timeout', 'lock_timeout')`.execute(db);
    expect(rows).toHaveLength(3);
  }
});
