import { matches, type Passage, type Where } from "./passage.ts";
import type { SeededChance } from "./seeded-chance.ts";

/** A fault that was asked for, until it is stopped or has happened as often as it should. */
export interface Fault {
  /** How often it has happened. */
  readonly count: number;
  /** Ends it. */
  stop(): void;
}

/** How often a fault happens where it can. */
export interface HowOften {
  /** After this many times it is over. Without an end unless given. */
  readonly times?: number;
  /** From 0 to 1: how likely it is for each passage. 1 unless given. */
  readonly chance?: number;
}

/** What becomes of a passage. */
export interface Verdict {
  /** It never arrives. */
  drop: boolean;
  /** The connection breaks in its place. */
  cut: boolean;
  delayMs: number;
  copies: number;
  /** The one behind it overtakes it. */
  reorder: boolean;
}

type Effect = (verdict: Verdict, chance: number) => void;

/** All faults that are asked for. */
export interface Faults {
  add(effect: Effect, where?: Where, howOften?: HowOften): Fault;
  /** What becomes of the `n`th passage of `lane`. */
  judge(passage: Passage, lane: string, n: number): Verdict;
}

export function createFaults(chance: SeededChance): Faults {
  interface Rule {
    readonly id: number;
    readonly effect: Effect;
    readonly where: Where;
    readonly times: number;
    readonly chance: number;
    count: number;
  }
  const rules = new Set<Rule>();
  let lastId = 0;

  return {
    add(effect, where = {}, { times = Infinity, chance: likely = 1 } = {}) {
      const rule: Rule = { id: ++lastId, effect, where, times, chance: likely, count: 0 };
      rules.add(rule);
      return {
        get count() {
          return rule.count;
        },
        stop: () => void rules.delete(rule),
      };
    },

    judge(passage, lane, n) {
      const verdict = { drop: false, cut: false, delayMs: 0, copies: 1, reorder: false };
      for (const rule of rules) {
        if (!matches(passage, rule.where) || chance.of(rule.id, lane, n) >= rule.chance) continue;
        rule.effect(verdict, chance.of(rule.id, lane, n, "how much"));
        rule.count += 1;
        if (rule.count === rule.times) rules.delete(rule);
      }
      return verdict;
    },
  };
}
