import { setTimeout as pause } from "node:timers/promises";
import { password } from "../../support/people.ts";
import type { Random } from "../../support/random.ts";
import type { Reader } from "../readers/reader.ts";
import type { History } from "../stage/history.ts";
import type { Actor, Place } from "../stage/world.ts";
import type { Writer } from "../writers/outbox.ts";
import type { Hear, Host } from "./host.ts";
import type { Shown, Told } from "./program.ts";

/** Somebody with the client: a reader, a writer when told to, and something whose life can be ended. */
export interface SdkClient extends Reader {
  /** The keys of messages that were to outlive it. */
  readonly kept: ReadonlySet<string>;
  /** How often its tokens were renewed, and how often it had to sign in again. */
  readonly renewals: () => number;
  readonly signIns: () => number;
  /** Begins to send, one message after the other and to any place, also while nothing can be reached. */
  write(): Writer;
  /** How many messages wait in its outbox. */
  waiting(): Promise<number>;
  shown(): Promise<readonly Shown[]>;
  online(): Promise<void>;
  wake(): void;
  /** Ends its life without a warning. */
  kill(): Promise<void>;
  /** Begins another life where the one before ended. */
  restart(): Promise<void>;
  /** Ends it for good, with what waits in its outbox; it is no reader any more. */
  leave(): Promise<void>;
  readonly isGone: () => boolean;
}

export interface SdkClientOptions {
  readonly name: string;
  readonly person: number;
  readonly actor: Actor;
  /** Where the client connects to. */
  readonly url: string;
  /** The places that it may see, all of which it keeps open and writes to. */
  readonly places: readonly Place[];
  readonly random: Random;
  readonly history: History;
  /** Whether another tab has signed in. */
  readonly isSignedIn?: boolean;
  readonly thinkMs: number;
  /** How many sends may wait for their promise. */
  readonly most: number;
  fault(sentence: string): void;
  createHost(hear: Hear): Promise<Host>;
}

const drainMs = 150_000;

/** Starts one; it is online then. */
export async function startSdkClient(options: SdkClientOptions): Promise<SdkClient> {
  const { name, person, actor, url, places, random, history, thinkMs, most, fault } = options;
  const newest = new Map<number, number>();
  const kept = new Set<string>();
  /** What was handed to the life that goes on, and has not settled. */
  let unsettled = new Set<string>();
  const acknowledged = new Set<string>();
  let { cursor } = actor;
  let isFirst = true;
  let n = 0;
  let renewals = 0;
  let signIns = 0;
  let isUp = false;
  let isGone = false;

  function settle(key: string): void {
    if (!unsettled.delete(key)) fault(`${name}: the promise of ${key} settled twice, or was never made`);
  }

  function hear(told: Told): void {
    switch (told.type) {
      case "kept":
        return void kept.add(told.key);
      case "settled": {
        const { key, stored } = told;
        settle(key);
        if (stored?.key !== key) fault(`${name}: ${key} settled with ${JSON.stringify(stored)}`);
        acknowledged.add(key);
        return history.add({ kind: "outcome", key, outcome: "ok", ...(stored && { seq: stored.seq }) });
      }
      case "refused":
        settle(told.key);
        fault(`${name}: ${told.key} was refused: ${told.code} ${told.reason}`);
        return history.add({ kind: "outcome", outcome: "failed", ...told });
      case "declined":
        settle(told.key);
        return history.add({
          kind: "outcome",
          key: told.key,
          outcome: "failed",
          reason: "nobody is signed in",
        });
      case "sent":
        // Whoever sent it may have heard of it too.
        if (acknowledged.has(told.key)) return;
        acknowledged.add(told.key);
        return history.add({ kind: "outcome", key: told.key, outcome: "ok" });
      case "seen": {
        const { type: _, ...seen } = told;
        cursor = seen.cursor;
        newest.set(seen.conversation, Math.max(seen.seq, newest.get(seen.conversation) ?? 0));
        return history.add({ kind: "seen", reader: name, ...seen });
      }
      case "reset":
        return history.add({ kind: "reset", reader: name, reason: told.reason });
      case "renewed":
        return void (renewals += 1);
      case "signed_in_again":
        return void (signIns += 1);
      case "fault":
        return fault(`${name}: ${told.what}`);
    }
  }

  const host = await options.createHost(hear);

  async function start(isSignedIn: boolean): Promise<void> {
    await host.start({
      ...{ url, userId: actor.id, isSignedIn },
      ...(isFirst ? {} : { cursor }),
      credentials: { email: actor.email, password },
      conversations: places.map(({ id }) => id),
    });
    isFirst = false;
    isUp = true;
  }

  await start(options.isSignedIn ?? false);
  await host.online();

  function send(): void {
    n += 1;
    const key = `${name}.${n}`;
    const place = random.pick(places);
    history.add({ kind: "send", writer: name, key, conversation: place.id, n });
    unsettled.add(key);
    host.send(key, place.id, `${key} `.padEnd(120, "x"));
  }

  function write(): Writer {
    let stopAt = Infinity;
    async function run(): Promise<void> {
      while (stopAt === Infinity && !isGone) {
        if (isUp && unsettled.size < most) send();
        await pause(1 + random.below(2 * thinkMs));
      }
      while (!isGone && (unsettled.size > 0 || (await host.waiting()) > 0)) {
        if (performance.now() > stopAt)
          throw new Error(
            `${name} never learnt of ${[...unsettled].join(", ")}; ${await host.waiting()} wait.`,
          );
        await pause(50);
      }
    }
    const running = run();
    // Who stops it hears of a failure.
    running.catch(() => undefined);
    return {
      stop() {
        stopAt = performance.now() + drainMs;
        return running;
      },
    };
  }

  /** What it never heard of may be stored or not. */
  function doubt(): void {
    isUp = false;
    for (const key of unsettled) history.add({ kind: "outcome", key, outcome: "unknown" });
    unsettled = new Set();
  }

  return {
    ...{ name, person, kept, write },
    newest: (conversation) => newest.get(conversation) ?? 0,
    renewals: () => renewals,
    signIns: () => signIns,
    isGone: () => isGone,
    waiting: () => host.waiting(),
    shown: () => host.shown(),
    online: () => host.online(),
    wake: () => host.wake(),
    async kill() {
      isUp = false;
      await host.kill();
      doubt();
    },
    restart: () => start(true),
    async leave() {
      isUp = false;
      await host.leave();
      doubt();
      isGone = true;
    },
    stop: () => host.leave(),
  };
}
