import { setTimeout as delay } from "node:timers/promises";
import { limits } from "@causerie/shared";
import { initTRPC, tracked } from "@trpc/server";
import { describe, expect, test } from "vitest";
import { createLiveStream } from "../../packages/server/src/realtime/live-stream.ts";
import type { Sink } from "../../packages/server/src/realtime/sink.ts";
import { closeCodeIn, frame, handshake, openRaw, type RawSocket } from "../hostile/raw-socket.ts";
import { openFrames } from "../support/frames.ts";
import { serveRouter, type RouterSockets } from "../support/router-sockets.ts";

/** A stream whose sinks the test pushes into, on a server of its own. */
async function serveStream() {
  const sinks: Sink<unknown>[] = [];
  const trpc = initTRPC.create({ isDev: false });
  const router = trpc.router({
    live: trpc.procedure.subscription(() =>
      createLiveStream<unknown>((sink) => {
        sinks.push(sink);
        return () => undefined;
      }),
    ),
  });
  return { sinks, server: await serveRouter(router) };
}

const subscribe = (id: number) => ({ id, method: "subscription", params: { path: "live" } });
const dataOf = (frames: readonly object[]) =>
  frames.flatMap((one) => {
    const { result } = one as { result?: { type: string; data?: { id: string } } };
    return result?.type === "data" ? [result.data?.id] : [];
  });

async function follow(server: RouterSockets) {
  const socket = await openFrames(`${server.wsUrl}/trpc`);
  socket.send(subscribe(1));
  await socket.next();
  return socket;
}

/** A subscriber that stops reading once it has subscribed. */
async function sleeper(server: RouterSockets): Promise<RawSocket> {
  const raw = openRaw(server.port, handshake("/trpc"));
  await raw.received(/^HTTP\/1\.1 101 /);
  raw.socket.write(frame({ payload: JSON.stringify(subscribe(1)) }));
  await raw.received(/started/);
  raw.socket.pause();
  return raw;
}

const text = "x".repeat(4_000);

/** Fills what the system buffers for a sleeper, then its outbox to about `share` of the bound. */
async function fill(server: RouterSockets, sink: Sink<unknown>, share: number): Promise<void> {
  const [connection] = server.connections;
  for (let n = 0; n < 20_000 && (connection?.unsentBytes() ?? 0) < limits.outboxBytes * share; n += 1) {
    sink.send(tracked(`fill ${n}`, text));
    if (n % 20 === 19) await delay(1);
  }
}

describe("the frames of a turn", () => {
  test("leave in one write, in the order they were sent, answers among them", async () => {
    const { server, sinks } = await serveStream();
    await using _server = server;
    const sockets = await Promise.all([follow(server), follow(server), follow(server)]);
    const before = server.writes();
    for (let n = 0; n < 100; n += 1) {
      const event = tracked(String(n), { n });
      for (const sink of sinks) sink.send(event);
    }
    const ids = Array.from({ length: 100 }, (_, n) => String(n));
    for (const { frames } of sockets) await expect.poll(() => dataOf(frames)).toEqual(ids);
    expect(server.writes() - before).toBe(sockets.length);
    expect(server.stats.deliveries).toBe(300);
  });

  test("are the same bytes for subscribers with other request ids, but for the id", async () => {
    const { server, sinks } = await serveStream();
    await using _server = server;
    const socket = await openFrames(`${server.wsUrl}/trpc`);
    for (const id of [1, 2]) socket.send(subscribe(id));
    await expect.poll(() => sinks.length).toBe(2);
    const event = tracked("a", { n: 1 });
    for (const sink of sinks) sink.send(event);
    await expect.poll(() => socket.frames.length).toBe(4);
    const [first, second] = socket.frames.slice(2);
    expect(first).toEqual({ id: 1, result: { type: "data", id: "a", data: { id: "a", data: { n: 1 } } } });
    expect(second).toEqual({ ...first, id: 2 });
  });
});

describe("a reader that sleeps", () => {
  test("is closed with 4508 when a mebibyte waits, and others miss nothing", async () => {
    const { server, sinks } = await serveStream();
    await using _server = server;
    const slow = await sleeper(server);
    const fast = await follow(server);
    const ids: string[] = [];
    for (let n = 0; server.connections[0]?.isOpen() && n < 20_000; n += 1) {
      ids.push(String(n));
      const event = tracked(String(n), text);
      for (const sink of sinks) sink.send(event);
      expect(server.connections[0].unsentBytes()).toBeLessThan(limits.outboxBytes + 2 * text.length);
      if (n % 20 === 19) await delay(1);
    }
    expect(server.stats.slowReaders).toBe(1);
    await expect.poll(() => dataOf(fast.frames).length, { timeout: 10_000 }).toBe(ids.length);
    expect(dataOf(fast.frames)).toEqual(ids);
    slow.socket.resume();
    expect(closeCodeIn(await slow.closed())).toBe(4508);
  });

  test("gets of the ephemeral the latest of each key, once it reads again", async () => {
    const { server, sinks } = await serveStream();
    await using _server = server;
    const slow = await sleeper(server);
    const [sink] = sinks as [Sink<unknown>];
    await fill(server, sink, 0.6);
    for (let n = 0; n < 1_000; n += 1)
      sink.sendEphemeral(`typing ${n % 2}`, `ephemeral-${n}!`, () => undefined);
    expect(server.connections[0]?.isOpen()).toBe(true);
    slow.socket.resume();
    const received = await slow.received(/ephemeral-999!/);
    expect(received.match(/ephemeral-\d+!/g)).toEqual(["ephemeral-998!", "ephemeral-999!"]);
  });

  test("loses the ephemeral before anything else: they never fill its outbox", async () => {
    const { server, sinks } = await serveStream();
    await using _server = server;
    using slow = await sleeper(server);
    const [sink] = sinks as [Sink<unknown>];
    await fill(server, sink, 0.6);
    for (let n = 0; n < 5_000; n += 1) sink.sendEphemeral(`key ${n}`, `${n} ${text}`, () => undefined);
    const unsent = server.connections[0]?.unsentBytes() ?? 0;
    expect(unsent).toBeLessThan(limits.outboxBytes * 0.75);
    expect(server.connections[0]?.isOpen()).toBe(true);
    expect(slow.socket.destroyed).toBe(false);
  });
});

test("a burst larger than the bound reaches a reader that keeps up", async () => {
  const { server, sinks } = await serveStream();
  await using _server = server;
  const socket = await follow(server);
  const ids = Array.from({ length: 1_000 }, (_, n) => String(n));
  for (const id of ids) {
    sinks[0]?.send(tracked(id, text));
    if (Number(id) % 100 === 99) await delay(5);
  }
  await expect.poll(() => dataOf(socket.frames)).toEqual(ids);
});
