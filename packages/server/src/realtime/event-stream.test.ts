import { setTimeout as delay } from "node:timers/promises";
import type { ServerEvent } from "@causerie/shared";
import fc from "fast-check";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMemoryBus } from "../bus/memory-bus.ts";
import type { OpenDatabase } from "../db/open-database.ts";
import { openTestDatabase } from "../db/open-database.testing.ts";
import { findLobby, sharesByConversation } from "../features/conversations/index.ts";
import { loadEvents } from "../features/events/index.ts";
import { createMessagesService, type MessagesService } from "../features/messages/index.ts";
import { systemClock } from "../lib/clock.ts";
import { readLogState } from "../log/log-reader.ts";
import { createGroupCommit, type GroupCommit } from "../log/group-commit.ts";
import { createLocalWriter } from "../log/local-writer.ts";
import { createDeliveryStats } from "./delivery-stats.ts";
import { createEventStreams, type EventStreams, type StreamItem } from "./event-stream.ts";
import { createHub, type Hub } from "./hub.ts";
import { createReplayPages } from "./replay-page.ts";

const users = [1, 2, 3];
let database: OpenDatabase;
let groupCommit: GroupCommit;
let hub: Hub;
let streams: EventStreams;
let messages: MessagesService;

beforeEach(async () => {
  database = await openTestDatabase();
  const db = database.readDb;
  const bus = createMemoryBus();
  groupCommit = createGroupCommit({ db: database.writeDb, onCommit: bus.ring });
  const { snapshot } = database;
  const logger = pino({ level: "silent" });
  hub = createHub({ snapshot, bus, logger, loadEvents, loadMembers: sharesByConversation });
  await hub.start();
  streams = createEventStreams({
    ...{ hub, snapshot, clock: systemClock, readPage: createReplayPages({ snapshot, loadEvents }) },
    ...{ heartbeatMs: 20, inboxCapacity: 100, stats: createDeliveryStats() },
  });
  messages = createMessagesService({
    db,
    snapshot,
    writer: createLocalWriter(groupCommit),
    clock: systemClock,
    lobby: await findLobby(database.readDb),
  });
  await groupCommit.run(async (tx) => {
    for (const id of users) {
      const name = `user ${id}`;
      const values = {
        name,
        name_key: name,
        email: name,
        email_key: name,
        password_hash: "",
        created_at: 0,
        updated_at: 0,
      };
      await tx.db
        .insertInto("users")
        .values({ id, ...values })
        .execute();
    }
  });
});

afterEach(async () => {
  hub.stop();
  await groupCommit.close();
  await database.close();
});

const isStored = (event: ServerEvent) => event.type !== "heartbeat" && event.type !== "reset";
const headCursor = async () => {
  const { epoch, position } = await readLogState(database.readDb);
  return `${epoch}:${position}`;
};

/** Reads a stream until `enough`, then leaves it. */
async function read(
  userId: number,
  cursor: string | null,
  enough: (items: StreamItem[]) => boolean,
): Promise<StreamItem[]> {
  const leave = new AbortController();
  const items: StreamItem[] = [];
  for await (const item of streams.open(userId, cursor, leave.signal)) {
    items.push(item);
    if (enough(items)) leave.abort();
  }
  return items;
}

const untilHeartbeatAt = (cursor: string) => (items: StreamItem[]) => items.at(-1)?.cursor === cursor;

describe("a stream of events", () => {
  test("starts with a cursor, so that a client cut at once knows where to resume", async () => {
    const [first] = await read(1, null, (items) => items.length === 1);
    expect(first).toMatchObject({ cursor: await headCursor(), event: { type: "heartbeat" } });
  });

  test("gives every event after a cursor once and in order, whatever is committed meanwhile", async () => {
    const start = await headCursor();
    for (let n = 0; n < 250; n += 1) void messages.send(2, { receiver_id: 1, content: `early ${n}` });
    const seen: number[] = [];
    await messages.send(2, { receiver_id: 1, content: "the last early one" });
    const late: Promise<unknown>[] = [];
    await read(1, start, (items) => {
      const event = items.at(-1)?.event;
      if (event?.type === "message.created") seen.push(event.message.seq);
      if (seen.length === 100 && late.length === 0) {
        for (let n = 0; n < 300; n += 1)
          late.push(messages.send(2, { receiver_id: 1, content: `late ${n}` }));
      }
      return seen.length >= 551;
    });
    expect(seen).toEqual(Array.from({ length: 551 }, (_, index) => index + 1));
  });

  test("goes back to the log when a reader falls behind by more than it may buffer", async () => {
    const leave = new AbortController();
    const stream = streams.open(1, null, leave.signal)[Symbol.asyncIterator]();
    await stream.next();
    const sends = Array.from({ length: 350 }, (_, n) =>
      messages.send(2, { receiver_id: 1, content: `${n}` }),
    );
    await Promise.all(sends);
    await expect.poll(() => hub.position()).toBe((await readLogState(database.readDb)).position);
    const seqs: number[] = [];
    for (let next = await stream.next(); !next.done; next = await stream.next()) {
      const { event } = next.value;
      if (event.type === "message.created") seqs.push(event.message.seq);
      if (seqs.length === 350) leave.abort();
    }
    expect(seqs).toEqual(Array.from({ length: 350 }, (_, index) => index + 1));
  });

  test("resets on a cursor of another epoch, and on one beyond the log", async () => {
    const head = await headCursor();
    const [foreign] = await read(1, "another:1", (items) => items.length === 2);
    expect(foreign).toEqual({ cursor: head, event: { type: "reset", reason: "epoch_changed" } });
    const [beyond] = await read(
      1,
      head.replace(/\d+$/, (position) => `${Number(position) + 1}`),
      (items) => items.length === 2,
    );
    expect(beyond).toEqual({ cursor: head, event: { type: "reset", reason: "position_unknown" } });
  });

  test("resets a reader whom the log's floor passes during its replay, and shows it no gap", async () => {
    const start = await headCursor();
    for (let n = 0; n < 250; n += 1) void messages.send(2, { receiver_id: 1, content: `${n}` });
    await messages.send(2, { receiver_id: 1, content: "the last" });
    const leave = new AbortController();
    const items: StreamItem[] = [];
    for await (const item of streams.open(1, start, leave.signal)) {
      items.push(item);
      if (items.length === 50) {
        await groupCommit.run(async ({ db }) => {
          await db.deleteFrom("events").where("position", "<=", 200).execute();
          await db.updateTable("log_head").set({ floor: 200 }).execute();
        });
      }
      if (item.event.type === "heartbeat") leave.abort();
    }
    const head = await headCursor();
    const types = items.map(({ event }) => event.type);
    expect(types.slice(-2)).toEqual(["reset", "heartbeat"]);
    expect(items.at(-2)).toEqual({ cursor: head, event: { type: "reset", reason: "too_old" } });
    // One page was read before: the conversation and its first messages.
    expect(types.slice(0, -2).slice(1)).toEqual(Array.from({ length: 99 }, () => "message.created"));
  });

  test("resets a reader that has no room when it turns out that what it missed is forgotten", async () => {
    const start = await readLogState(database.readDb);
    const leave = new AbortController();
    const stream = streams.open(1, null, leave.signal);
    const items: StreamItem[] = [];
    for await (const item of stream) {
      items.push(item);
      if (items.length === 1) {
        // What is handed out live is kept for it, up to its capacity of 100; the log has no more than the floor.
        const floor = start.position + 140;
        await groupCommit.run(({ db }) => db.updateTable("log_head").set({ floor }).execute());
        const contents = Array.from({ length: 160 }, (_, n) => `${n}`);
        await Promise.all(contents.map((content) => messages.send(2, { receiver_id: 1, content })));
        await expect.poll(() => hub.position()).toBe((await readLogState(database.readDb)).position);
        // Before anything is read on, the log has been asked for what found no room.
        await delay(100);
      }
      if (item.event.type === "heartbeat" && item.cursor === (await headCursor())) leave.abort();
    }
    let last = start.position;
    for (const { cursor, event } of items) {
      const position = Number(cursor.split(":")[1]);
      if (isStored(event)) expect(position).toBe(last + 1);
      last = position;
    }
    expect(items.map(({ event }) => event.type)).toContain("reset");
  });

  test("never shows a direct message to anybody else", async () => {
    const start = await headCursor();
    await messages.send(1, { receiver_id: 2, content: "between us" });
    await messages.send(1, { receiver_id: null, content: "to all" });
    const seen = (await read(3, start, untilHeartbeatAt(await headCursor())))
      .map((item) => item.event)
      .filter(isStored);
    expect(seen).toMatchObject([{ type: "message.created", message: { content: "to all" } }]);
  });

  test("leads a reader that is cut at random to the state that a fresh reader finds", async () => {
    const operation = fc.record({
      kind: fc.constantFrom("send", "send", "send", "edit", "delete", "cut"),
      by: fc.constantFrom(...users),
      to: fc.constantFrom(...users, null),
      pick: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 40 }), async (operations) => {
        const known = new Map<number, string>();
        let cursor = await headCursor();
        const base = new Set((await messages.list(1, {})).items.map((message) => message.id));
        const mine: { id: number; by: number }[] = [];

        const apply = (items: readonly StreamItem[]) => {
          for (const item of items) {
            cursor = item.cursor;
            const { event } = item;
            if (event.type === "message.deleted") known.delete(event.message.id);
            if (event.type === "message.created" || event.type === "message.updated") {
              known.set(event.message.id, event.message.content);
            }
          }
        };

        for (const { kind, by, to, pick } of operations) {
          const target = mine[pick % Math.max(1, mine.length)];
          if (kind === "send")
            mine.push({ ...(await messages.send(by, { receiver_id: to, content: `m${pick}` })), by });
          if (kind === "edit" && target)
            await messages.edit(target.by, target.id, `e${pick}`).catch(() => undefined);
          if (kind === "delete" && target) await messages.delete(target.by, target.id).catch(() => undefined);
          if (kind === "cut") {
            const count = 1 + (pick % 3);
            apply(await read(1, cursor, (items) => items.length >= count));
          }
        }
        apply(await read(1, cursor, untilHeartbeatAt(await headCursor())));

        const fresh = (await messages.list(1, {})).items.filter((message) => !base.has(message.id));
        expect(new Map([...known].sort(([a], [b]) => a - b))).toEqual(
          new Map(fresh.map((message) => [message.id, message.content])),
        );
      }),
      { numRuns: 10 },
    );
  }, 60_000);
});
