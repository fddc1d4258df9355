import { systemClock, type Clock } from "../platform/clock.ts";
import { setAtRandom, type Chances } from "./at-random.ts";
import { createBlocks } from "./blocks.ts";
import { createExpiry } from "./expiry.ts";
import { createFaults, type Fault, type HowOften } from "./faults.ts";
import { createFaultyFetch } from "./faulty-fetch.ts";
import { createFaultySocketClass } from "./faulty-socket.ts";
import { createFrost } from "./frost.ts";
import { createLane } from "./lane.ts";
import type { Where } from "./passage.ts";
import { createSeededChance } from "./seeded-chance.ts";
import type { Exchange, Wire } from "./wire.ts";

export interface FaultyNetworkOptions {
  /** What chance is drawn from: the same seed gives the same faults. A new one, which is printed, unless given. */
  readonly seed?: number;
  /** What delays are measured by; the real time unless given. */
  readonly clock?: Clock;
  /** What is below: the platform's own unless given. */
  readonly fetch?: typeof globalThis.fetch;
  readonly WebSocket?: typeof globalThis.WebSocket;
  /** Takes the sentence with a seed that was not given; `console.info` unless given. */
  readonly print?: (line: string) => void;
}

/**
 * A network between a client and a real server that fails as it is told. Hand its `fetch` and its `WebSocket` to
 * `createClient` as parts of the `platform`.
 *
 * A fault is for each passage of which its first argument is true, as often as `times` and `chance` say, until it
 * is stopped.
 */
export interface FaultyNetwork {
  readonly seed: number;
  readonly fetch: typeof globalThis.fetch;
  readonly WebSocket: typeof globalThis.WebSocket;
  /** It never arrives, and nobody hears of that. */
  drop(where?: Where, howOften?: HowOften): Fault;
  /** It arrives later, and on a connection all behind it too. From two numbers one in between is drawn. */
  delay(ms: number | readonly [number, number], where?: Where, howOften?: HowOften): Fault;
  /** It arrives twice: requests, frames and events. */
  repeat(where?: Where, howOften?: HowOften): Fault;
  /** The next one overtakes it, unless none comes within a second. */
  reorder(where?: Where, howOften?: HowOften): Fault;
  /** The connection breaks where it is on its way. */
  cutAt(where: Where, howOften?: HowOften): Fault;
  /** Breaks all connections and requests there are. */
  cut(): void;
  /**
   * Access tokens that have passed do not work any more, and connections opened with them end as the server ends
   * them. With `"session"` refresh tokens do not work either.
   */
  expire(what?: "access" | "session"): void;
  /** Nothing arrives until it is stopped, and no connection ends. Then all of it does, in order. */
  freeze(where?: Where): Fault;
  /** No new WebSocket is opened: refused at once, or never answered. Those there are stay. */
  blockWebSocket(how?: "refuse" | "hang"): Fault;
  /** Breaks all there is and refuses whatever is new. */
  goOffline(): Fault;
  /** Everything at random, as on real networks: a bad one unless told. */
  atRandom(chances?: Chances): Fault;
}

/** Makes a network that has no faults yet. */
export function createFaultyNetwork(options: FaultyNetworkOptions = {}): FaultyNetwork {
  const { clock = systemClock, seed = newSeed(options.print) } = options;
  const faults = createFaults(createSeededChance(seed));
  const frost = createFrost();
  const expiry = createExpiry();
  const blocks = createBlocks();
  const open = new Set<Exchange>();
  const wire: Wire = {
    ...{ expiry, open, refusalOf: blocks.refusalOf },
    lane: (name, inOrder) => createLane({ clock, faults, frost, name, inOrder }),
  };
  const cut = () => [...open].forEach((exchange) => exchange.cut());

  const rules = {
    drop: (where, howOften) => faults.add((verdict) => (verdict.drop = true), where, howOften),
    delay: (ms, where, howOften) =>
      faults.add((verdict, chance) => (verdict.delayMs += within(ms, chance)), where, howOften),
    repeat: (where, howOften) => faults.add((verdict) => (verdict.copies += 1), where, howOften),
    reorder: (where, howOften) => faults.add((verdict) => (verdict.reorder = true), where, howOften),
    cutAt: (where, howOften) => faults.add((verdict) => (verdict.cut = true), where, howOften),
  } satisfies Partial<FaultyNetwork>;

  return {
    seed,
    fetch: createFaultyFetch(wire, options.fetch ?? globalThis.fetch),
    WebSocket: createFaultySocketClass(wire, options.WebSocket ?? globalThis.WebSocket),
    ...rules,
    cut,
    expire(what = "access") {
      expiry.expire(what);
      for (const exchange of [...open]) exchange.expire();
    },
    freeze: frost.freeze,
    blockWebSocket: (how = "refuse") => blocks.add(how, "websocket"),
    goOffline() {
      const offline = blocks.add("refuse");
      cut();
      return offline;
    },
    atRandom: (chances) => setAtRandom(rules, chances),
  };
}

function within(ms: number | readonly [number, number], chance: number): number {
  if (typeof ms === "number") return ms;
  const [least, most] = ms;
  return least + (most - least) * chance;
}

function newSeed(print: (line: string) => void = printLine): number {
  const seed = Math.floor(Math.random() * 2 ** 31);
  print(`The faults of this network are repeated by createFaultyNetwork({ seed: ${seed} }).`);
  return seed;
}

function printLine(line: string): void {
  // A test that failed by chance can only be run again with what it printed.
  // eslint-disable-next-line no-console
  console.info(line);
}
