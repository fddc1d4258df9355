import { setTimeout as delay } from "node:timers/promises";
import { limits, type PresenceEvent } from "@causerie/shared";
import { initTRPC } from "@trpc/server";
import { describe, expect, test } from "vitest";
import { createMemoryBus } from "../../packages/server/src/bus/memory-bus.ts";
import { createPresenceService } from "../../packages/server/src/features/presence/index.ts";
import { presenceStream } from "../../packages/server/src/features/presence/presence-stream.ts";
import { systemClock } from "../../packages/server/src/lib/clock.ts";
import { frame, handshake, openRaw, type RawSocket } from "../hostile/raw-socket.ts";
import { createPerson } from "../support/people.ts";
import { openTrpcFrames } from "../support/raw-trpc-socket.ts";
import { serveRouter } from "../support/router-sockets.ts";
import { startTestServer } from "../support/test-server.ts";

/** Presence in this process, whose users go offline at once. */
function createPresence() {
  const presence = createPresenceService({ bus: createMemoryBus(), clock: systemClock, offlineGraceMs: 0 });
  /** Makes a user come, go, come ..., so many times. */
  function flip(userId: number, times: number): void {
    for (let n = 0; n < times; n += 1) presence.join(userId, "socket").leave();
  }
  const stream = () => presenceStream({ presence, userId: 1, now: () => new Date().toISOString() });
  return { presence, flip, stream };
}

async function servePresence() {
  const { presence, flip, stream } = createPresence();
  const trpc = initTRPC.create({ isDev: false });
  const server = await serveRouter(trpc.router({ stream: trpc.procedure.subscription(stream) }));
  /** Flips until the system takes no more and the outbox is as full as ephemeral events make it. */
  async function flipUntilFull(userId: number): Promise<void> {
    for (
      let n = 0;
      n < 1_000 && (server.connections[0]?.unsentBytes() ?? 0) < limits.outboxBytes / 2;
      n += 1
    ) {
      flip(userId, 200);
      await delay(1);
    }
  }
  return { server, presence, flip, flipUntilFull };
}

/** Subscribes once for each id, waits for the first item of each and reads no more. */
async function sleeper(port: number, ids: readonly number[]): Promise<RawSocket> {
  const raw = openRaw(port, handshake("/trpc"));
  await raw.received(/^HTTP\/1\.1 101 /);
  for (const id of ids) {
    const call = { id, method: "subscription", params: { path: "stream" } };
    raw.socket.write(frame({ payload: JSON.stringify(call) }));
    await raw.received(new RegExp(`"id":${id},"result":\\{"type":"data"`));
  }
  raw.socket.pause();
  return raw;
}

/** What subscription `id` was told, in order. */
function told(raw: RawSocket, id: number): PresenceEvent[] {
  const items = raw.text().matchAll(/\{"id":(\d+),"result":\{"type":"data","data":(\{.*?\})\}\}/g);
  return [...items].flatMap(([, of, data]) =>
    Number(of) === id ? [JSON.parse(data ?? "") as PresenceEvent] : [],
  );
}

/** Who is online, as somebody believes who was told these. */
function online(events: readonly PresenceEvent[]): Set<number> {
  let ids = new Set<number>();
  for (const event of events) {
    if (event.type === "presence.snapshot") ids = new Set(event.user_ids);
    if (event.type !== "presence.changed") continue;
    if (event.status === "offline") ids.delete(event.user_id);
    else ids.add(event.user_id);
  }
  return ids;
}

describe("a reader that sleeps while others come and go", () => {
  test("is not closed, costs a bounded outbox, and on waking learns how each is in the end", async () => {
    const { server, presence, flip, flipUntilFull } = await servePresence();
    await using _server = server;
    using raw = await sleeper(server.port, [1, 2]);
    await flipUntilFull(7);
    for (let n = 0; n < 50; n += 1) {
      flip(7, 1_000);
      await delay(1);
      expect(server.connections[0]?.unsentBytes()).toBeLessThan(limits.outboxBytes * 0.6);
    }
    presence.join(7, "socket");
    expect(server.connections[0]?.isOpen()).toBe(true);

    raw.socket.resume();
    for (const id of [1, 2]) {
      await expect
        .poll(() => online(told(raw, id)), { timeout: 10_000, interval: 200 })
        .toEqual(new Set([7]));
      // Only one of the last states was worth sending: the state that held when it woke.
      expect(told(raw, id).filter(({ type }) => type === "presence.snapshot")).toHaveLength(1);
    }
    expect(server.stats.slowReaders).toBe(0);
  });

  test("is told anew who is online when more of them changed than can wait", async () => {
    const { server, presence, flipUntilFull } = await servePresence();
    await using _server = server;
    using raw = await sleeper(server.port, [1]);
    await flipUntilFull(7);
    const ids = Array.from({ length: 5_000 }, (_, n) => n + 100);
    for (const id of ids) presence.join(id, "socket");
    for (const id of ids.slice(0, 2_500)) presence.join(id, "other").leave();

    raw.socket.resume();
    await expect
      .poll(() => online(told(raw, 1)), { timeout: 10_000, interval: 200 })
      .toEqual(new Set(presence.onlineUsers()));
    expect(told(raw, 1).filter(({ type }) => type === "presence.snapshot")).toHaveLength(2);
    expect(server.stats.slowReaders).toBe(0);
  });

  test("on the seed's activity socket is told anew as well", { timeout: 60_000 }, async () => {
    await using server = await startTestServer();
    const [ada, blaise] = [await createPerson(server.url, "Ada"), await createPerson(server.url, "Blaise")];
    using raw = openRaw(server.port, handshake(`/users/ws/${ada.token}`));
    await raw.received(/active_users/);
    raw.socket.pause();
    const talker = await openTrpcFrames(server, blaise.token);
    const calls = 400;
    const message = "x".repeat(500);
    const call = { method: "mutation", params: { path: "users.broadcast", input: { message } } };
    const batch = Array.from({ length: 50 }, (_, id) => ({ id, ...call }));
    for (let n = 1; n <= calls; n += 1) {
      talker.send(batch);
      await expect.poll(() => talker.frames.length, { interval: 1 }).toBe(n * batch.length);
    }
    talker.close();
    raw.socket.resume();
    await expect.poll(() => raw.text().match(/"active_users"/g), { timeout: 10_000 }).toHaveLength(2);
    const received = raw.text().match(/"type":"broadcast"/g)?.length ?? 0;
    expect(received).toBeLessThan(calls * batch.length);
    await blaise.call("POST", "/users/broadcast", { message: "still here" });
    await raw.received(/still here/);
  });
});

describe("a reader that iterates slowly", () => {
  test("learns how each is in the end, and no state in between", async () => {
    const { presence, flip, stream } = createPresence();
    const items = stream()[Symbol.asyncIterator]();
    expect(await items.next()).toMatchObject({ value: { type: "presence.snapshot", user_ids: [] } });
    flip(7, 1_000);
    presence.join(8, "socket");
    presence.join(7, "socket");
    expect(await items.next()).toMatchObject({ value: { user_id: 8, status: "online" } });
    expect(await items.next()).toMatchObject({ value: { user_id: 7, status: "online" } });
    const waiting = items.next();
    flip(9, 1);
    expect(await waiting).toMatchObject({ value: { user_id: 9, status: "offline" } });
    await items.return?.();
  });

  test("is told anew who is online when more of them changed than can wait", async () => {
    const { presence, stream } = createPresence();
    const items = stream()[Symbol.asyncIterator]();
    await items.next();
    const ids = Array.from({ length: 3_000 }, (_, n) => n + 1);
    for (const id of ids) presence.join(id, "socket");
    const events: PresenceEvent[] = [];
    while (online(events).size < ids.length) events.push((await items.next()).value as PresenceEvent);
    expect(events.length).toBeLessThan(1_500);
    expect(online(events)).toEqual(new Set(ids));
    await items.return?.();
  });
});
