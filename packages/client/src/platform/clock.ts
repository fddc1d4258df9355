/** Time, as the client sees it: tests hand in one that they move themselves. */
export interface Clock {
  /** The wall clock, in milliseconds: it goes on while the device sleeps, and may be set. */
  now(): number;
  /** Calls `work` once, `ms` from now. Returns what cancels it. */
  after(ms: number, work: () => void): () => void;
}

/** Timers take no longer wait, and would run at once. */
const longestMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, work) {
    const timer = setTimeout(work, Math.min(Math.max(0, ms), longestMs));
    return () => clearTimeout(timer);
  },
};
