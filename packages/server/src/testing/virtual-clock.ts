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
    async settle(thoroughly) {
      // What is still busy then waits for the clock itself, or for nothing.
      const patience = performance.now() + patienceMs;
      const wanted = thoroughly ? quietTurns : 1;
      for (let quiet = 0; quiet < wanted && performance.now() < patience;) {
        await roundTrips();
        quiet = isBusy() ? 0 : quiet + 1;
      }
    },
  });
}

/** A write may have to wait for the disk, and a client for many answers, one after the other. */
const patienceMs = 2_000;
/** Clients gather the calls of a turn until a timer of no time is due; until then nothing of them can be seen. */
const quietTurns = 4;

/** Time for timers of no time, and enough turns of the event loop for an answer over the loopback interface. */
async function roundTrips(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
