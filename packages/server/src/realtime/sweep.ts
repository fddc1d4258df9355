import type { Clock } from "../lib/clock.ts";

/** Looks at many things every so often with one timer, where each would need one of its own. */
export interface Sweep {
  /** Runs `look` at each sweep until the result is called. */
  add(look: () => void): () => void;
}

/** The timer runs only while there is something to look at. */
export function createSweep(clock: Clock, everyMs: number): Sweep {
  const looks = new Set<() => void>();
  let isArmed = false;

  function arm(): void {
    isArmed = true;
    clock.after(everyMs, () => {
      isArmed = false;
      for (const look of looks) look();
      if (looks.size > 0 && !isArmed) arm();
    });
  }

  return {
    add(look) {
      looks.add(look);
      if (!isArmed) arm();
      return () => looks.delete(look);
    },
  };
}
