import { createVirtualClock as createClock, type VirtualClock } from "@causerie/shared/testing";

/**
 * A clock that stands still until it is moved, and on the way lets sockets of this machine carry what was
 * sent. `isBusy` tells of work whose answer has to be waited for too.
 */
export function createVirtualClock(
  start: number = Date.now(),
  isBusy: () => boolean = () => false,
): VirtualClock {
  return createClock({
    start,
    async settle() {
      // What is still busy then waits for the clock itself, or for nothing.
      const patience = performance.now() + patienceMs;
      do await roundTrips();
      while (isBusy() && performance.now() < patience);
    },
  });
}

/** A write may have to wait for the disk. */
const patienceMs = 500;

/** Enough turns of the event loop for a question and its answer over the loopback interface. */
async function roundTrips(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
