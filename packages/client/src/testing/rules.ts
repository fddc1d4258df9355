import type { Fault, Faults, HowOften } from "./faults.ts";
import type { Where } from "./passage.ts";

/**
 * What may happen to something on its way: to each passage of which `where` is true, as often as `howOften` says,
 * until it is stopped.
 */
export interface Rules {
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
}

export function createRules({ add }: Faults): Rules {
  return {
    drop: (where, howOften) => add((verdict) => (verdict.drop = true), where, howOften),
    delay: (ms, where, howOften) =>
      add((verdict, chance) => (verdict.delayMs += within(ms, chance)), where, howOften),
    repeat: (where, howOften) => add((verdict) => (verdict.copies += 1), where, howOften),
    reorder: (where, howOften) => add((verdict) => (verdict.reorder = true), where, howOften),
    cutAt: (where, howOften) => add((verdict) => (verdict.cut = true), where, howOften),
  };
}

function within(ms: number | readonly [number, number], chance: number): number {
  if (typeof ms === "number") return ms;
  const [least, most] = ms;
  return Math.round(least + (most - least) * chance);
}
