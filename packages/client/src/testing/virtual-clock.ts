import type { Clock } from "../platform/clock.ts";

/** A clock that stands still until it is moved. */
export interface VirtualClock extends Clock {
  /** Moves on by `ms`: timers run in the order they are due, and what they started settles between them. */
  advance(ms: number): Promise<void>;
}

/** Promises that wait for one another settle within this many turns of the microtask queue. */
const turns = 20;

export function createVirtualClock(start = 1_700_000_000_000): VirtualClock {
  let time = start;
  let lastId = 0;
  const timers = new Map<number, { readonly due: number; readonly work: () => void }>();

  async function settle(): Promise<void> {
    for (let n = 0; n < turns; n += 1) await Promise.resolve();
  }

  return {
    now: () => time,
    after(ms, work) {
      lastId += 1;
      const id = lastId;
      timers.set(id, { due: time + Math.max(0, ms), work });
      return () => timers.delete(id);
    },
    async advance(ms) {
      const end = time + ms;
      await settle();
      for (;;) {
        // Of timers due at once, the one set first runs first: a Map keeps that order.
        let next: [number, { readonly due: number; readonly work: () => void }] | undefined;
        for (const entry of timers)
          if (entry[1].due <= end && (!next || entry[1].due < next[1].due)) next = entry;
        if (!next) break;
        timers.delete(next[0]);
        time = Math.max(time, next[1].due);
        next[1].work();
        await settle();
      }
      time = end;
    },
  };
}
