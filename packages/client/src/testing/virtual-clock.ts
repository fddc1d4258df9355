import { createVirtualClock as createClock, type VirtualClock } from "@causerie/shared/testing";

export type { VirtualClock };

/** Promises that wait for one another settle within this many turns of the microtask queue. */
const turns = 20;

async function settlePromises(): Promise<void> {
  for (let n = 0; n < turns; n += 1) await Promise.resolve();
}

/**
 * A clock that stands still until it is moved. `settle` waits for what the timers of one moment started; unless
 * given, for promises alone: where there is a network, it has to wait for that too.
 */
export function createVirtualClock(
  start: number = 1_700_000_000_000,
  settle: () => Promise<void> = settlePromises,
): VirtualClock {
  return createClock({ start, settle });
}
