import type { Clock } from "../platform/clock.ts";

/** Lets what changed be told once a turn at most, however much changes in it. */
export interface Turn {
  /** Calls `work` at the end of this turn; of the next one, when something was told in this one already. */
  soon(work: () => void): void;
}

export function createTurn(clock: Clock): Turn {
  let waiting = new Set<() => void>();
  let isResting = false;

  function tell(): void {
    isResting = true;
    clock.after(0, () => {
      isResting = false;
      if (waiting.size > 0) tell();
    });
    const works = waiting;
    waiting = new Set();
    for (const work of works) work();
  }

  return {
    soon(work) {
      waiting.add(work);
      if (waiting.size === 1 && !isResting) queueMicrotask(tell);
    },
  };
}
