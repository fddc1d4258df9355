import { randomInt } from "node:crypto";
import process from "node:process";
import { test } from "vitest";
import { createRandom, type Random } from "../../support/random.ts";

export { createRandom, type Random };

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
