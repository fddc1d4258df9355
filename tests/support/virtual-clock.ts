import type { ServerOptions } from "@causerie/server";

type Clock = NonNullable<ServerOptions["clock"]>;

/** A clock that stands still until the test moves it. */
export interface VirtualClock extends Clock {
  /** Moves time on by `ms`, running what falls due and letting sockets answer on the way. */
  advance(ms: number): Promise<void>;
  /** Moves time on at once, for spans in which no socket is open. */
  skip(ms: number): void;
}

interface Task {
  readonly at: number;
  readonly run: () => void;
}

/** Less than any wait of the server for an answer, so that peers have time to give it. */
const stepMs = 5_000;

export function createVirtualClock(start = Date.now()): VirtualClock {
  let now = start;
  const tasks = new Set<Task>();

  function runDue(): void {
    const due = [...tasks].filter((task) => task.at <= now).sort((a, b) => a.at - b.at);
    for (const task of due) if (tasks.delete(task)) task.run();
  }

  return {
    now: () => now,
    after(ms, run) {
      const task = { at: now + ms, run };
      tasks.add(task);
      return () => tasks.delete(task);
    },
    skip(ms) {
      now += ms;
      runDue();
    },
    async advance(ms) {
      // What was sent before has to arrive before.
      await roundTrips();
      const end = now + ms;
      while (now < end) {
        now = Math.min(end, now + stepMs);
        runDue();
        await roundTrips();
      }
    },
  };
}

/** Enough turns of the event loop for a ping and its answer over the loopback interface. */
async function roundTrips(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
