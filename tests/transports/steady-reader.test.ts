import { setTimeout as delay } from "node:timers/promises";
import { initTRPC, tracked } from "@trpc/server";
import { expect, test } from "vitest";
import { createLiveStream } from "../../packages/server/src/realtime/live-stream.ts";
import { closeCodeIn, frame, handshake, openRaw, type RawSocket } from "../hostile/raw-socket.ts";
import { createFastClock } from "../support/fast-clock.ts";
import { serveRouter } from "../support/router-sockets.ts";

/** Time runs so much faster here than in the world. */
const factor = 10;
const count = 4_000;
const text = "x".repeat(4_000);

/** A server whose one stream replays 16 MB at the pace of its reader, more than the system buffers. */
function serveReplay() {
  const trpc = initTRPC.create({ isDev: false });
  const router = trpc.router({
    replay: trpc.procedure.subscription(() =>
      createLiveStream<unknown>((sink) => {
        void replay();
        return () => undefined;
        async function replay(): Promise<void> {
          for (let n = 1; n <= count; n += 1) {
            if (!sink.hasRoom()) await sink.room();
            sink.send(tracked(String(n), n === count ? `${text} the end` : text));
          }
        }
      }),
    ),
  });
  return serveRouter(router, { clock: createFastClock(factor) });
}

/** Subscribes and reads nothing more. */
async function subscribe(port: number): Promise<RawSocket> {
  const raw = openRaw(port, handshake("/trpc"));
  await raw.received(/^HTTP\/1\.1 101 /);
  raw.socket.pause();
  raw.socket.write(
    frame({ payload: JSON.stringify({ id: 1, method: "subscription", params: { path: "replay" } }) }),
  );
  return raw;
}

/** Reads at a steady pace until `isOver`. */
async function readSteadily({ socket }: RawSocket, bytesPerSecond: number, isOver: () => boolean) {
  const start = performance.now();
  let read = 0;
  const count = (chunk: Buffer) => {
    read += chunk.length;
    if (read > ((performance.now() - start) / 1000) * bytesPerSecond) socket.pause();
  };
  socket.on("data", count);
  while (!isOver() && !socket.destroyed) {
    if (read <= ((performance.now() - start) / 1000) * bytesPerSecond) socket.resume();
    await delay(5);
  }
  socket.off("data", count).resume();
}

const mebibyte = 1024 * 1024;

test.concurrent(
  "a reader that is slow but steady gets the whole of a replay",
  { timeout: 60_000 },
  async () => {
    await using server = await serveReplay();
    using raw = await subscribe(server.port);
    const alive = setInterval(() => raw.socket.write(frame({ payload: "PONG" })), 1_000);
    // The system tells of each mebibyte or so that it has sent: less often than once in three seconds.
    let received = 0;
    raw.socket.on("data", (chunk: Buffer) => (received += chunk.length));
    await readSteadily(raw, 2 * mebibyte, () => received > count * text.length);
    clearInterval(alive);
    await raw.received(/the end/);
    expect(server.stats.slowReaders).toBe(0);
  },
);

test.concurrent(
  "a reader that takes nothing of a replay is closed with 4508",
  { timeout: 60_000 },
  async ({ expect }) => {
    await using server = await serveReplay();
    using raw = await subscribe(server.port);
    // It talks, so it is no dead peer.
    const alive = setInterval(() => raw.socket.write(frame({ payload: "PONG" })), 1_000);
    await expect.poll(() => server.stats.slowReaders, { timeout: 10_000 }).toBe(1);
    clearInterval(alive);
    raw.socket.resume();
    expect(closeCodeIn(await raw.closed())).toBe(4508);
  },
);

test.concurrent(
  "a reader whose ping waits behind a full outbox is alive as long as it reads, and then until it is asked",
  { timeout: 60_000 },
  async () => {
    await using server = await serveReplay();
    using raw = await subscribe(server.port);
    let received = 0;
    raw.socket.on("data", (chunk: Buffer) => (received += chunk.length));
    // It neither says anything nor answers a ping, and would be cut after 35 seconds.
    const start = performance.now();
    await readSteadily(raw, 2.5 * mebibyte, () => received > count * text.length);
    expect(((performance.now() - start) / 1000) * factor).toBeGreaterThan(50);
    await raw.closed(10_000);
    expect(raw.text()).toContain("the end");
    expect(server.stats.slowReaders).toBe(0);
  },
);
