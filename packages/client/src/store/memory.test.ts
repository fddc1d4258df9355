import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { Message } from "../types.ts";
import { me } from "./model-server.testing.ts";
import { createStage } from "./store-stage.testing.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

const count = 100_000;
const megabyte = 1024 * 1024;

async function heapUsed(): Promise<number> {
  // What was made or looked at in a turn is held until its end.
  await new Promise(setImmediate);
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}

/** A message that nobody but the stores holds, of about a kilobyte. */
function message(conversationId: number, seq: number): Message {
  return {
    ...{ id: conversationId * 1e6 + seq, conversation_id: conversationId, seq, sender_id: 2 },
    ...{ receiver_id: null, content: `${seq} `.repeat(100), reply_to: null, client_message_id: null },
    ...{ created_at: new Date(Date.UTC(2026, 1, 1) + seq).toISOString(), updated_at: null },
  };
}

test(
  "100,000 messages through an open conversation and 100,000 through one that is not open: at most 500 are held " +
    "of the one and 1 of the other, all others are collected, and the heap has not grown by 4 MB",
  { timeout: 120_000 },
  async () => {
    const stage = createStage();
    const open = stage.server.create("group", [2, me]);
    const closed = stage.server.create("group", [2, me]);
    stage.automatic();
    await stage.reset("no_cursor");
    const store = stage.stores.conversation(open);
    store.subscribe(() => undefined);
    stage.stores.list.subscribe(() => undefined);
    await stage.clock.advance(1);

    const watched: WeakRef<Message>[] = [];
    async function pass(from: number, to: number) {
      for (let seq = from; seq <= to; seq += 1) {
        for (const id of [open, closed]) {
          const next = message(id, seq);
          if (seq % 100 === 0) watched.push(new WeakRef(next));
          stage.tell({ type: "message.created", message: next });
        }
        if (seq % 50 === 0) await stage.clock.advance(1);
      }
      await stage.clock.advance(1);
    }

    // By then all that is compiled on the way is there.
    await pass(1, 20_000);
    const before = await heapUsed();
    await pass(20_001, count);
    const after = await heapUsed();

    const held = store.getSnapshot().items.length;
    expect(held).toBeGreaterThan(400);
    expect(held).toBeLessThanOrEqual(500);
    expect(stage.stores.list.get(closed)).toMatchObject({
      last_message: { seq: count },
      unread_count: 1_000,
    });
    // Of each conversation one in a hundred was watched: of the last 500 there are five, and the last message.
    expect(watched.filter((one) => one.deref()).length).toBeLessThanOrEqual(6);
    expect((after - before) / megabyte).toBeLessThan(4);
  },
);

test(
  "100,000 messages that come behind a detached window, are deleted or edited leave nothing but their count",
  { timeout: 120_000 },
  async () => {
    const stage = createStage();
    const id = stage.server.create("group", [2, me]);
    for (let n = 0; n < 200; n += 1) stage.server.send(id, 2);
    stage.automatic();
    await stage.reset("no_cursor");
    const store = stage.stores.conversation(id);
    store.subscribe(() => undefined);
    await store.jump(20);
    await stage.clock.advance(1);

    const watched: WeakRef<Message>[] = [];
    async function pass(from: number, to: number) {
      for (let seq = from; seq <= to; seq += 1) {
        const next = message(id, seq);
        if (seq % 100 === 0) watched.push(new WeakRef(next));
        stage.tell({ type: "message.created", message: next });
        stage.tell({ type: "message.updated", message: { ...next, updated_at: next.created_at } });
        if (seq % 2)
          stage.tell({ type: "message.deleted", message: { ...next, deleted_at: next.created_at } });
        if (seq % 50 === 0) await stage.clock.advance(1);
      }
    }
    await pass(201, 2_000);
    const before = await heapUsed();
    await pass(2_001, count);
    const after = await heapUsed();

    expect(store.getSnapshot()).toMatchObject({ newerCount: 1_000, hasNewer: true });
    expect(store.getSnapshot().items).toHaveLength(44);
    expect(watched.filter((one) => one.deref()).length).toBeLessThanOrEqual(1);
    expect(Math.abs(after - before) / megabyte).toBeLessThan(4);
  },
);
