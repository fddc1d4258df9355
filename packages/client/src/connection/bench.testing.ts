import { createFeed, type FeedDeps } from "../feed/create-feed.ts";
import type { Outcome } from "../feed/feed.ts";
import { createEmitter } from "../lib/emitter.ts";
import type { Signal } from "../platform/platform.ts";
import type { AuthLostReason, Session, SessionChange } from "../session/session.ts";
import { createVirtualClock } from "../testing/virtual-clock.ts";
import type { ConnectionEvents } from "./connection-events.ts";
import { createConnection } from "./create-connection.ts";
import { scriptLinks, snapshotOf, type ScriptedAttempt } from "./scripted-link.testing.ts";
import { failure } from "./scripted-link.testing.ts";

/** A generator of numbers from 0 up to 1 that a seed determines. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The clock that tests move; `sleep` lets time pass while no timer runs, as on a device that is shut. */
export function createSleepyClock() {
  const clock = createVirtualClock();
  let slept = 0;
  return {
    now: () => clock.now() + slept,
    after: clock.after,
    advance: clock.advance,
    sleep(ms: number) {
      slept += ms;
    },
  };
}

/** A session that the test moves: tokens are `token-1`, `token-2`, … */
export function scriptSession() {
  const listeners = new Set<(change: SessionChange) => void>();
  let lost: AuthLostReason | undefined;
  let number = 1;
  const script = {
    userId: 1 as number | undefined,
    isStale: false,
    /** What `token()` answers next, when that is not a token at once. */
    next: undefined as (() => Promise<string | undefined>) | undefined,
    refused: [] as (string | undefined)[],
    ended: [] as string[],
    change(change: SessionChange) {
      if (change.type === "lost") lost = change.reason;
      if (change.type === "signed_in") lost = undefined;
      for (const listener of [...listeners]) listener(change);
    },
    lose(reason: AuthLostReason) {
      script.change({ type: "lost", reason });
    },
  };
  const session: Session = {
    userId: () => script.userId,
    lost: () => lost,
    async token(refused) {
      if (refused !== undefined || script.isStale) script.refused.push(refused);
      if (script.next) return script.next();
      if (lost) throw failure("UNAUTHORIZED", 401);
      if (refused !== undefined || script.isStale) number += 1;
      script.isStale = false;
      return `token-${number}`;
    },
    current: () => `token-${number}`,
    isStale: () => script.isStale,
    adopt: () => Promise.reject(new Error("Not in these tests.")),
    async end(reason) {
      script.ended.push(reason);
      script.lose(reason);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => listeners.clear(),
  };
  return { session, script };
}

export interface BenchOptions {
  readonly random?: () => number;
  readonly start?: FeedDeps["start"];
  readonly withoutWebSocket?: boolean;
  readonly signedOut?: boolean;
}

/** A connection with its feed on scripted links. */
export function createBench(options: BenchOptions = {}) {
  const clock = createSleepyClock();
  const random = options.random ?? (() => 0.5);
  const { session, script } = scriptSession();
  if (options.signedOut) script.lose("no_credentials");
  const links = scriptLinks(clock.now);
  const emitter = createEmitter<ConnectionEvents>();
  const signalListeners = new Set<(signal: Signal) => void>();

  const log: { name: keyof ConnectionEvents; payload: unknown }[] = [];
  const names = ["state", "attempt_failed", "transport", "resume", "event", "probe", "error"] as const;
  for (const name of names) emitter.on(name, (payload) => log.push({ name, payload }));

  const start = "start" in options ? options.start : { cursor: "e:0", userId: 1 };
  const feed = createFeed({ clock, random, emitter, userId: session.userId, start });
  const outcomes: Outcome[] = [];
  feed.onOutcome((outcome) => void outcomes.push(outcome));

  const connection = createConnection({
    ...{ clock, random, session, feed, emitter },
    links: { websocket: options.withoutWebSocket ? undefined : links.websocket, sse: links.sse },
    signals: {
      on(listener) {
        signalListeners.add(listener);
        return () => signalListeners.delete(listener);
      },
    },
  });

  function last(): ScriptedAttempt {
    const attempt = links.attempts.at(-1);
    if (!attempt) throw new Error("Nothing was attempted.");
    return attempt;
  }

  async function catchUp(attempt = last()): Promise<ScriptedAttempt> {
    attempt.open();
    await clock.advance(0);
    attempt.stream().started();
    await clock.advance(0);
    return attempt;
  }

  async function comeOnline(attempt = last()): Promise<ScriptedAttempt> {
    await catchUp(attempt);
    attempt.stream().heartbeat(`e:${links.attempts.length}`);
    await clock.advance(0);
    return attempt;
  }

  return {
    ...{ clock, connection, feed, emitter, log, outcomes, attempts: links.attempts, session: script },
    state: () => connection.getSnapshot(),
    /** The payloads of one kind of event, oldest first. */
    told: <Name extends keyof ConnectionEvents>(name: Name) =>
      log.filter((entry) => entry.name === name).map((entry) => entry.payload as ConnectionEvents[Name]),
    signal(signal: Signal) {
      for (const listener of [...signalListeners]) listener(signal);
    },
    last,
    /** Opens an attempt and starts its stream. */
    catchUp,
    /** The same, and up to the first heartbeat. */
    comeOnline,
    settle: () => clock.advance(0),
    /** Goes on until the next attempt; fails when there is none within `ms`. */
    async nextAttempt(ms = 20_000) {
      const before = links.attempts.length;
      const end = clock.now() + ms;
      await clock.advance(0);
      while (links.attempts.length === before && clock.now() < end) await clock.advance(10);
      if (links.attempts.length === before) throw new Error(`There was no attempt within ${ms} ms.`);
      return last();
    },
    /** From nothing to `online`. */
    async online() {
      connection.connect();
      await clock.advance(0);
      return comeOnline();
    },
    /** Online for long, with heartbeats. */
    async stay(ms: number) {
      for (let left = ms; left > 0; left -= 4_000) {
        await clock.advance(Math.min(left, 4_000));
        last().alive();
      }
    },
    snapshot: snapshotOf,
  };
}

export type Bench = ReturnType<typeof createBench>;
