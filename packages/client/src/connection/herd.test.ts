import process from "node:process";
import { expect, test } from "vitest";
import { createFeed } from "../feed/create-feed.ts";
import { createEmitter } from "../lib/emitter.ts";
import { createVirtualClock, type VirtualClock } from "../testing/virtual-clock.ts";
import { randomOf, scriptSession } from "./bench.testing.ts";
import type { ConnectionEvents } from "./connection-events.ts";
import { createConnection } from "./create-connection.ts";
import { LinkRefused, type LinkOptions, type Loss, type OpenLink } from "./link.ts";
import { failure, heartbeat } from "./scripted-link.testing.ts";

const clients = 1_000;
/** The busiest window may hold 5 % of the clients. */
const most = clients * 0.05;
const windowMs = 100;

/** HERD_SEED runs the same herd again. What is drawn is the same in each run unless told, so that a failure is a change. */
const seed = Number(process.env["HERD_SEED"] ?? 1);

type Outage = "refuses" | "hangs" | "drops";

/** A server that all clients were on, and the times at which each of them tried it after it had gone. */
async function cutOff(outageMs: number, how: Outage, random: () => number, loss: Partial<Loss> = {}) {
  const clock = createVirtualClock();
  const lost = new Set<() => void>();
  const attempts: { readonly at: number; readonly client: number }[] = [];
  const came: number[] = [];
  let backAt = 0;

  const isDown = () => clock.now() < backAt;
  function openerOf(transport: Loss["transport"], client: number): OpenLink {
    return (options) => {
      attempts.push({ at: clock.now(), client });
      const error = failure("NETWORK");
      if (isDown() && how === "hangs") return new Promise(() => undefined);
      if (isDown() && how === "refuses") return Promise.reject(new LinkRefused({ transport, error }));
      // A server that accepts everybody and falls over.
      if (isDown()) clock.after(200, () => options.onLost({ transport, code: 1006, error }));
      return Promise.resolve(linkOf(transport, options, client));
    };
  }

  function linkOf(transport: Loss["transport"], options: LinkOptions, client: number) {
    const drop = () => options.onLost({ transport, code: 1006, error: failure("NETWORK"), ...loss });
    return {
      transport,
      call: () => Promise.reject(failure("NETWORK")),
      subscribe: (_: unknown, subscriber: { onStarted(): void; onItem(item: unknown, id: string): void }) => {
        if (isDown()) return () => undefined;
        lost.add(drop);
        came.push(client);
        void Promise.resolve().then(() => {
          options.onAlive();
          subscriber.onStarted();
          subscriber.onItem(heartbeat, "e:1");
        });
        return () => undefined;
      },
      ping: () => undefined,
      close: () => lost.delete(drop),
    };
  }

  const connections = Array.from({ length: clients }, (_, client) => {
    const { session } = scriptSession();
    const emitter = createEmitter<ConnectionEvents>();
    const feed = createFeed({
      ...{ clock, random, emitter, userId: session.userId },
      start: { cursor: "e:0", userId: 1 },
    });
    return createConnection({
      ...{ clock, random, session, feed, emitter },
      links: { websocket: openerOf("websocket", client), sse: openerOf("sse", client) },
      signals: { on: () => () => undefined },
      // They were online for long, without so many steps of the clock.
      timings: { stable: 10, late: 60_000 },
    });
  });
  for (const connection of connections) connection.connect();
  await clock.advance(15_000);
  expect(connections.every((connection) => connection.getSnapshot().state === "online")).toBe(true);

  attempts.length = came.length = 0;
  backAt = clock.now() + outageMs;
  for (const drop of [...lost]) drop();
  await untilAll(clock, () => came.length >= clients);
  for (const connection of connections) connection.close();
  return { attempts, cutAt: backAt - outageMs, came };
}

async function untilAll(clock: VirtualClock, isDone: () => boolean): Promise<void> {
  for (let second = 0; second < 180 && !isDone(); second += 1) await clock.advance(1_000);
}

/** How many clients tried within the busiest 100 ms, wherever those begin. */
function busiest(attempts: readonly { readonly at: number; readonly client: number }[]): number {
  const sorted = attempts.toSorted((a, b) => a.at - b.at);
  let peak = 0;
  for (const [index, { at }] of sorted.entries()) {
    const tried = new Set<number>();
    for (let next = index; next < sorted.length; next += 1) {
      const later = sorted[next]!;
      if (later.at >= at + windowMs) break;
      tried.add(later.client);
    }
    peak = Math.max(peak, tried.size);
  }
  return peak;
}

// Chance decides how many of 1,000 clients fall into one window: of 20,000 herds that were drawn over 4 s, one in a
// thousand had more than 50 in its busiest 100 ms. So what is asserted holds for the seeds printed, and the mean of
// all, which chance moves little, for the rule itself.
const outages: Readonly<Record<Outage, readonly number[]>> = {
  refuses: [0, 3, 60],
  hangs: [3, 30],
  drops: [3, 30],
};
for (const [how, seconds] of Object.entries(outages) as [Outage, number[]][]) {
  test(`of 1,000 clients cut off at one moment at most 5 % try in any 100 ms: the server ${how}`, async () => {
    const peaks: number[] = [];
    for (const outage of seconds) {
      const used = seed * 1_000 + outage;
      const { attempts, came } = await cutOff(outage * 1_000, how, randomOf(used));
      const peak = busiest(attempts);
      process.stdout.write(`HERD_SEED=${seed} ${how} ${outage} s: the busiest 100 ms saw ${peak}\n`);
      expect(new Set(came).size, `${outage} s`).toBe(clients);
      expect(peak, `${outage} s`).toBeLessThanOrEqual(most);
      peaks.push(peak);
    }
    expect(peaks.reduce((sum, peak) => sum + peak, 0) / peaks.length).toBeLessThan(45);
  }, 120_000);
}

test("clients that a restarting server has closed come after a second, and at most 5 % of them in any 100 ms", async () => {
  for (const outage of [0, 5]) {
    const used = seed * 1_000 + outage;
    const { attempts, cutAt } = await cutOff(outage * 1_000, "refuses", randomOf(used), { code: 1012 });
    process.stdout.write(
      `HERD_SEED=${seed} restart ${outage} s: the busiest 100 ms saw ${busiest(attempts)}\n`,
    );
    expect(busiest(attempts)).toBeLessThanOrEqual(most);
    const first = attempts.slice(0, clients).map(({ at }) => at - cutAt);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(1_000);
    if (outage === 0) expect(Math.max(...first)).toBeLessThanOrEqual(6_000);
  }
}, 120_000);

test("no client makes two attempts more than 30 s apart, and after a loss the first is within 4 s", async () => {
  const { attempts, cutAt } = await cutOff(60_000, "refuses", randomOf(seed));
  const times = Map.groupBy(attempts, ({ client }) => client);
  expect(times.size).toBe(clients);
  for (const own of times.values()) {
    const gaps = own.map(({ at }, index) => at - (own[index - 1]?.at ?? cutAt));
    expect(gaps[0]).toBeLessThanOrEqual(4_000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30_000);
  }
}, 60_000);
