import { systemClock, type Clock } from "../platform/clock.ts";
import { setAtRandom, type Chances } from "./at-random.ts";
import { createBlocks } from "./blocks.ts";
import { createExpiry } from "./expiry.ts";
import { createFaults, type Fault } from "./faults.ts";
import { createFaultyFetch } from "./faulty-fetch.ts";
import { createFaultySocketClass } from "./faulty-socket.ts";
import { createFrost } from "./frost.ts";
import { createLane } from "./lane.ts";
import type { Where } from "./passage.ts";
import { createRules, type Rules } from "./rules.ts";
import { createSeededChance } from "./seeded-chance.ts";
import type { Exchange, Wire } from "./wire.ts";

/** What a network that fails is made of. */
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
 * A network between a client and a real server that fails as it is told. Hand its `fetch`, its `WebSocket` and its
 * `random` to `createClient` as parts of the `platform`.
 */
export interface FaultyNetwork extends Rules {
  readonly seed: number;
  /** A `fetch` through this network. */
  readonly fetch: typeof globalThis.fetch;
  readonly WebSocket: typeof globalThis.WebSocket;
  /** From 0 up to, but without, 1, drawn from the seed: so that the client, too, does the same again. */
  readonly random: () => number;
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
  const chance = createSeededChance(seed);
  const faults = createFaults(chance);
  const frost = createFrost();
  const expiry = createExpiry();
  const blocks = createBlocks();
  const open = new Set<Exchange>();
  let drawn = 0;
  const wire: Wire = {
    ...{ expiry, open, refusalOf: blocks.refusalOf },
    lane: (name, inOrder) => createLane({ clock, faults, frost, name, inOrder }),
  };
  const cut = () => [...open].forEach((exchange) => exchange.cut());

  const rules = createRules(faults);

  return {
    seed,
    fetch: createFaultyFetch(wire, options.fetch ?? globalThis.fetch),
    WebSocket: createFaultySocketClass(wire, options.WebSocket ?? globalThis.WebSocket),
    random: () => chance.of("random", (drawn += 1)),
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
