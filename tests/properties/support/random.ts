import { randomInt } from "node:crypto";
import process from "node:process";
import { test } from "vitest";

/** Choices that the same seed makes again. */
export interface Random {
  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number;
  /** One of the items, of which there must be some. */
  pick<Item>(items: readonly Item[]): Item;
  /** Whether something happens that does `share` of the time, from 0 to 1. */
  happens(share: number): boolean;
}

/** Mulberry32: small, and good enough to choose what a test does. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    pick<Item>(items: readonly Item[]) {
      if (items.length === 0) throw new Error("There is nothing to pick from.");
      return items[below(items.length)] as Item;
    },
    happens: (share) => next() < share,
  };
}

/** Numbers from the environment: `SEED` to run the same choices again, `RUNS` to run longer. */
function setting(name: string, otherwise: number): number {
  const value = process.env[name];
  if (value === undefined) return otherwise;
  if (!/^\d{1,10}$/.test(value)) throw new Error(`${name} must be a whole number, not ${value}.`);
  return Number(value);
}

const firstSeed = setting("SEED", randomInt(2 ** 31));

/**
 * A test of random runs, each a test of its own with its seed in its name. The same seed
 * chooses the same operations; how they interleave is the machine's choice each time.
 */
export function testRandomly(name: string, runs: number, body: (random: Random) => Promise<void>): void {
  const seeds = Array.from({ length: setting("RUNS", runs) }, (_, run) => firstSeed + run);
  test.for(seeds)(`${name} (SEED=%i RUNS=1)`, { timeout: 120_000 }, (seed) => body(createRandom(seed)));
}
