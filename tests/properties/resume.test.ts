import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";
import { trpcCalls } from "../support/trpc.ts";
import { startByteProxy } from "./support/byte-proxy.ts";
import { answersOf, applyEvent, viewOf } from "./support/client-view.ts";
import { cutReaders, type ReadItem } from "./support/cut-readers.ts";
import { createRandomOperations } from "./support/random-operations.ts";
import { createRandom, testRandomly } from "./support/random.ts";
import { readConversation, readEverything } from "./support/read-everything.ts";

const cuts = 1000;
/** The longest a connection lives that brings less than it may: then it is cut at that point. */
const longestMs = 40;
const theEnd = "the end";

testRandomly(
  "cut at 1,000 points and resumed on any surface, every event comes once and in order",
  1,
  async (random) => {
    await using server = await startTestServer();
    await using proxy = await startByteProxy(server.port);
    const people = await Promise.all(
      ["Ada", "Blaise", "Chloé"].map((name) => createPerson(server.url, name)),
    );
    const operations = createRandomOperations(server, people, createRandom(random.below(2 ** 31)));
    await operations.round(5);
    const reader = people[1]!;
    const api = trpcCalls(server, reader.token);
    const { cursor: start, ...known } = await readEverything(api);
    const view = viewOf({ ...known, cursor: start });
    const came = new Map(cutReaders.map(({ name }) => [name, 0]));
    let cursor = start;
    let ended = false;

    async function take({ id, data }: ReadItem): Promise<void> {
      if (data.type === "reset") expect.fail(`a reset at ${id} after ${cursor}`);
      if (data.type === "heartbeat") {
        expect(positionOf(id)).toBeGreaterThanOrEqual(positionOf(cursor));
      } else {
        expect(positionOf(id)).toBeGreaterThan(positionOf(cursor));
        await applyEvent(view, data, (conversationId) => readConversation(api, conversationId));
        ended ||= data.type === "message.created" && data.message.content === theEnd;
      }
      cursor = id;
    }

    async function readOnce(
      bytes: number,
      withinMs: number,
      surface = random.pick(cutReaders),
    ): Promise<void> {
      proxy.allow(bytes);
      const items = await surface.read({ port: proxy.port, token: reader.token, cursor, withinMs });
      const stored = items.filter(({ data }) => data.type !== "heartbeat");
      came.set(surface.name, (came.get(surface.name) ?? 0) + stored.length);
      for (const item of items) await take(item);
    }

    let writing = true;
    async function write(): Promise<void> {
      for (let round = 0; writing; round += 1) {
        await operations.round(1 + (round % 3));
        await pause(20);
      }
    }
    async function read(): Promise<void> {
      try {
        for (let cut = 0; cut < cuts; cut += 1) {
          const bytes = 1 + random.below(random.happens(0.7) ? 1200 : 5000);
          await readOnce(bytes, 5 + random.below(longestMs));
        }
      } finally {
        writing = false;
      }
    }
    await Promise.all([write(), read()]);
    const { messages } = trpcCalls(server, people[0]!.token);
    // Each surface has its share, also where a machine is too slow for what it has the shortest time for.
    for (const surface of cutReaders) {
      const before = came.get(surface.name) ?? 0;
      await messages.send.mutate({ receiver_id: null, content: `for ${surface.name}` });
      for (let tries = 0; came.get(surface.name) === before && tries < 100; tries += 1)
        await readOnce(Infinity, 500, surface);
    }
    await messages.send.mutate({ receiver_id: null, content: theEnd });
    for (let tries = 0; !ended && tries < 100; tries += 1) await readOnce(Infinity, 500);
    expect(ended).toBe(true);

    const { cursor: _cursor, ...fresh } = await readEverything(api);
    expect(answersOf(view)).toEqual(fresh);
    expect(proxy.broken()).toBeGreaterThan(cuts / 20);
    for (const [name, count] of came) expect(count, name).toBeGreaterThan(0);
  },
);

const positionOf = (cursor: string) => Number(cursor.split(":")[1]);
