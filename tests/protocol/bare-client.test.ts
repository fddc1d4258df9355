import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Options } from "../../examples/bare-client/client.ts";
import { startCuttableProxy } from "../client/cuttable-proxy.ts";
import { createPerson, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** A client that keeps what it is told. */
function follow(url: string, { token }: Person, options: Partial<Options> = {}) {
  const story: string[] = [];
  const ends: number[] = [];
  const client = connect({
    url,
    token: async () => token,
    onSnapshot: () => story.push("snapshot"),
    onEvent: (event) =>
      story.push("message" in event ? (event.message as { content: string }).content : event.type),
    onEnd: (code) => ends.push(code),
    ...options,
  });
  return { ...client, story, ends };
}

const soon = { interval: 5, timeout: 15_000 };

test("a client written from the documentation loses nothing and doubles nothing over cuts", async () => {
  const person = await createPerson(server.url);
  await using proxy = await startCuttableProxy(server.port);
  const client = follow(proxy.url, person);
  await expect.poll(() => client.cursor(), soon).toBeTypeOf("string");
  await client.send({ receiver_id: null, content: "0" });

  const sends: Promise<unknown>[] = [];
  for (let n = 1; n <= 40; n += 1) {
    // Some are on their way when the connection breaks, some are sent while there is none.
    sends.push(client.send({ receiver_id: null, content: String(n) }));
    if (n % 8 === 0) proxy.cut();
    await delay(n % 3 === 0 ? 20 : 0);
  }
  const sent = await Promise.all(sends);
  const expected = ["snapshot", ...Array.from({ length: 41 }, (_, n) => String(n))];
  await expect.poll(() => client.story.length, soon).toBeGreaterThanOrEqual(expected.length);
  // Each once, and stored in the order of sending.
  expect(client.story).toEqual(expected);
  const seqs = sent.map((message) => (message as { seq: number }).seq);
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  client.stop();
});

test("it goes on from a stored cursor, and answers a reset with the snapshot", async () => {
  const person = await createPerson(server.url);
  const first = follow(server.url, person);
  await expect.poll(() => first.story, soon).toEqual(["snapshot"]);
  const cursor = first.cursor() ?? "";
  first.stop();
  await person.call("POST", "/messages/", { receiver_id: null, content: "missed" });

  const second = follow(server.url, person, { cursor });
  await expect.poll(() => second.story, soon).toEqual(["missed"]);
  second.stop();

  const third = follow(server.url, person, { cursor: "another:7" });
  await expect.poll(() => third.story, soon).toEqual(["snapshot"]);
  await expect.poll(() => third.cursor(), soon).toBeTypeOf("string");
  await third.send({ receiver_id: null, content: "after the reset" });
  await expect.poll(() => third.story, soon).toEqual(["snapshot", "after the reset"]);
  third.stop();
});

test("it tries a refused token's successor once, and stops where a code tells it to", async () => {
  const person = await createPerson(server.url);
  const tokens = ["not.a.token", person.token];
  const renewed = follow(server.url, person, { token: async () => tokens.shift() ?? "" });
  await expect.poll(() => renewed.story, soon).toEqual(["snapshot"]);
  renewed.stop();
  const refused = follow(server.url, person, { token: async () => "not.a.token" });
  await expect.poll(() => refused.ends, soon).toEqual([4401]);
});
