/** A clock that stands still until it is moved. */
export interface VirtualClock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Runs `task` once, when time has moved on by `ms`. Returns what cancels it. */
  after(ms: number, task: () => void): () => void;
  /** Moves on by `ms`, from timer to timer in the order they are due; what each started settles before the next. */
  advance(ms: number): Promise<void>;
  /** Moves on by `ms` in one step and runs what is due by then, once: for days, with no connection open. */
  skip(ms: number): void;
}

export interface VirtualClockOptions {
  readonly start: number;
  /**
   * Waits until what was started so far has had its effect: what is not the clock's, before time moves and when it has
   * moved (`thoroughly`), and what a timer did.
   */
  readonly settle: (thoroughly: boolean) => Promise<void>;
}

interface Timer {
  readonly due: number;
  readonly task: () => void;
}

export function createVirtualClock({ start, settle }: VirtualClockOptions): VirtualClock {
  let time = start;
  const timers = new Set<Timer>();

  /** Of timers due at once, the one set first comes first: a Set keeps that order, and so does a sort. */
  function runDue(): void {
    const due = [...timers].filter((timer) => timer.due <= time).sort((one, other) => one.due - other.due);
    // A task may cancel those after it.
    for (const timer of due) if (timers.delete(timer)) timer.task();
  }

  /** Whether any timer ran. */
  async function runUpTo(end: number): Promise<boolean> {
    let hasRun = false;
    for (let next = nextDue(); next <= end; next = nextDue()) {
      time = Math.max(time, next);
      runDue();
      hasRun = true;
      await settle(false);
    }
    time = end;
    if (hasRun) await settle(true);
    return hasRun;
  }

  function nextDue(): number {
    let next = Infinity;
    for (const { due } of timers) next = Math.min(next, due);
    return next;
  }

  return {
    now: () => time,

    after(ms, task) {
      // Time is told in whole milliseconds, as by `Date.now`, whatever was drawn at random.
      const timer = { due: time + Math.max(0, Math.ceil(ms)), task };
      timers.add(timer);
      return () => timers.delete(timer);
    },

    async advance(ms) {
      const end = time + ms;
      await settle(true);
      // What settles at the end may set timers that are due by then.
      while (await runUpTo(end));
    },

    skip(ms) {
      time += ms;
      runDue();
    },
  };
}
