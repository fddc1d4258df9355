import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../../packages/server/src/db/test-database.testing.ts";
import { expectNoLeak } from "../hostile/expect-no-leak.ts";
import { openFrames } from "../support/frames.ts";
import { createPerson, type Person } from "../support/people.ts";
import { startPostgres, type PostgresServer } from "../support/postgres/server.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";

const soon = { timeout: 15_000 };
let postgres: PostgresServer;

beforeAll(async () => {
  postgres = await startPostgres(18);
});
afterAll(() => postgres[Symbol.asyncDispose]());

const send = (person: Person, content: string) =>
  person.call("POST", "/messages/", { receiver_id: person.id, content });

async function storedTexts(person: Person): Promise<string[]> {
  const listed = (await (await person.call("GET", "/messages/")).json()) as { content: string }[];
  return listed.map(({ content }) => content);
}

test("while PostgreSQL is gone calls fail with 503, and afterwards nothing acknowledged is missing", async () => {
  await using server = await startTestServer({ DATABASE_URL: postgres.url });
  const person = await createPerson(server.url);
  const chat = await openFrames(`${server.wsUrl}/messages/ws?token=${person.token}`);
  const acknowledged: string[] = [];
  const statuses = new Set<number>();
  let stop = false;
  async function keepSending(name: string): Promise<void> {
    for (let n = 0; !stop; n += 1) {
      const { status } = await send(person, `${name} ${n}`);
      statuses.add(status);
      if (status === 201) acknowledged.push(`${name} ${n}`);
    }
  }
  const senders = ["a", "b", "c", "d"].map(keepSending);

  await expect.poll(() => acknowledged.length, soon).toBeGreaterThan(40);
  await postgres.kill();
  await expect.poll(() => statuses.has(503), soon).toBe(true);
  for (const call of [send(person, "lost"), person.call("GET", "/messages/")]) {
    const answer = await call;
    const body = await answer.text();
    expect(answer.status).toBe(503);
    expect(body).toContain("STORAGE_UNAVAILABLE");
    expectNoLeak(body);
  }
  const before = acknowledged.length;
  await postgres.start();
  await expect.poll(() => acknowledged.length, soon).toBeGreaterThan(before + 20);
  stop = true;
  await Promise.all(senders);

  expect([...statuses].sort()).toEqual([201, 503]);
  const stored = await storedTexts(person);
  expect(stored).toEqual(expect.arrayContaining(acknowledged));
  expect(new Set(stored).size).toBe(stored.length);
  // The live stream went on by itself, and left nothing out.
  const live = () =>
    chat.frames.filter(({ type }) => type === "new_message").map((frame) => frame["content"]);
  await expect.poll(live, soon).toEqual(stored);
  expect(JSON.stringify(server.logs)).toContain("a connection to PostgreSQL was lost");
});

test("a server whose lock went to another writes nothing until it has it back, and says why", async () => {
  await using database = await createTestDatabase(postgres.url);
  await using server = await startTestServer({ DATABASE_URL: database.url });
  const person = await createPerson(server.url);
  await disconnect(server, database);
  const thief = await startTestServer({ DATABASE_URL: database.url });
  expect((await send(person, "not stored")).status).toBe(503);
  expect(JSON.stringify(server.logs)).toContain("another Causerie process has it");
  await thief.stop();
  expect((await send(person, "stored")).status).toBe(201);
  expect(await storedTexts(person)).toEqual(["stored"]);
});

/** Ends the server's connections, as an administrator or a firewall does, and waits until it knows. */
async function disconnect(
  server: TestServer,
  database: { query(sql: string): Promise<unknown> },
): Promise<void> {
  await database.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  );
  await expect.poll(() => JSON.stringify(server.logs), soon).toContain("a connection to PostgreSQL was lost");
}
