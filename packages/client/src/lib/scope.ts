import type { Clock } from "../platform/clock.ts";

/** A stretch of the client's life with what belongs to it: when it ends, all of that is gone together. */
export interface Scope {
  readonly isOver: () => boolean;
  /** Calls `work` once, `ms` from now; `isLate` as its `Lateness` says. Returns what cancels it. */
  after(ms: number, work: (isLate: boolean) => void): () => void;
  /** `work`, which does nothing once the scope is over. */
  only<Args extends unknown[]>(work: (...args: Args) => void): (...args: Args) => void;
  /** Calls `release` at the end; at once if that has come. Returns what takes that back. */
  own(release: () => void): () => void;
  end(): void;
}

/** What happens when a timer of a scope is late: the device slept, or its clock was set back. */
export interface Lateness {
  /** By how many milliseconds it may be late before that means something. */
  readonly atMostMs: () => number;
  /** Called before the work of the timer. */
  readonly onLate: () => void;
}

export function createScope(clock: Clock, lateness?: Lateness): Scope {
  const owned = new Set<() => void>();
  let isOver = false;

  function only<Args extends unknown[]>(work: (...args: Args) => void) {
    return (...args: Args) => {
      if (!isOver) work(...args);
    };
  }

  return {
    isOver: () => isOver,
    only,
    after(ms, work) {
      if (isOver) return () => {};
      const due = clock.now() + ms;
      const run = only(work);
      const cancel = clock.after(Math.ceil(ms), () => {
        owned.delete(cancel);
        const lateBy = clock.now() - due;
        // Timers may be a moment early; a second early is a clock that jumped back.
        const isLate = !!lateness && (lateBy > lateness.atMostMs() || lateBy < -1_000);
        if (isLate) lateness.onLate();
        run(isLate);
      });
      owned.add(cancel);
      return () => {
        owned.delete(cancel);
        cancel();
      };
    },
    own(release) {
      if (isOver) release();
      else owned.add(release);
      return () => owned.delete(release);
    },
    end() {
      isOver = true;
      for (const release of owned) release();
      owned.clear();
    },
  };
}
