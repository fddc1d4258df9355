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
  /** Waits until what the timers started so far has had its effect. */
  readonly settle: () => Promise<void>;
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

  return {
    now: () => time,

    after(ms, task) {
      const timer = { due: time + Math.max(0, ms), task };
      timers.add(timer);
      return () => timers.delete(timer);
    },

    async advance(ms) {
      const end = time + ms;
      await settle();
      for (;;) {
        let next = Infinity;
        for (const { due } of timers) next = Math.min(next, due);
        if (next > end) break;
        time = Math.max(time, next);
        runDue();
        await settle();
      }
      time = end;
    },

    skip(ms) {
      time += ms;
      runDue();
    },
  };
}
