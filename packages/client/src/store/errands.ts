import { toCauserieError, type CauserieError } from "../errors.ts";
import type { Clock } from "../platform/clock.ts";
import { isFinal, type Retry } from "./retry.ts";

/** Small calls about single conversations: gathered for a while, then made one at a time. */
export interface Errands {
  /** A value other than the one that is under way is for another call; without one it always is another. */
  add(id: number, value?: number): void;
  /** The value that waits or is under way. */
  get(id: number): number | undefined;
  clear(): void;
}

export interface ErrandsDeps {
  readonly clock: Clock;
  readonly retry: Retry;
  /** How long to gather, from the first on. */
  readonly wait?: () => number;
  readonly run: (id: number, value: number) => Promise<void>;
  readonly onDone?: (id: number) => void;
  /** It failed for good. */
  readonly onRefused: (id: number, refusal: CauserieError) => void;
}

const gatherMs = 1_000;

export function createErrands(deps: ErrandsDeps): Errands {
  const { clock, retry, wait = () => gatherMs, run, onDone, onRefused } = deps;
  const waiting = new Map<number, number>();
  let isBusy = false;
  let failures = 0;
  let added = 0;

  function plan(): void {
    if (isBusy || waiting.size === 0) return;
    isBusy = true;
    clock.after(wait(), () => void work());
  }

  async function work(): Promise<void> {
    const failed = await runAll();
    if (failed) await retry.pause(failures, failed);
    failures = failed ? failures + 1 : 0;
    isBusy = false;
    plan();
  }

  async function runAll(): Promise<CauserieError | undefined> {
    for (const id of [...waiting.keys()]) {
      const value = waiting.get(id);
      // Forgotten while another one was made.
      if (value === undefined) continue;
      let refusal: CauserieError | undefined;
      try {
        await run(id, value);
      } catch (cause) {
        refusal = toCauserieError(cause);
        if (!isFinal(refusal)) {
          // Next time the others come first.
          const latest = waiting.get(id);
          if (waiting.delete(id)) waiting.set(id, latest ?? value);
          return refusal;
        }
      }
      if (!waiting.has(id)) continue;
      // What was wanted meanwhile is still to be done.
      if (waiting.get(id) === value) waiting.delete(id);
      if (refusal) onRefused(id, refusal);
      else onDone?.(id);
    }
    return undefined;
  }

  return {
    add(id, value = (added += 1)) {
      waiting.set(id, value);
      plan();
    },
    get: (id) => waiting.get(id),
    clear: () => waiting.clear(),
  };
}
