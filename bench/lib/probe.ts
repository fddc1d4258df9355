/**
 * Loaded into every server before its own code, with `--import`: answers the benchmark's
 * questions over the channel between the two processes. The servers themselves know nothing of it.
 */
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";
import { gapsBetween, waitOf } from "./waits.ts";

/** What can be asked. */
export type Question = "cpu" | "memory" | "watch delay" | "delay";

export interface Answers {
  /** Microseconds of user and system time that the process took since its start, all threads included. */
  readonly cpu: number;
  /** Resident bytes after the garbage was collected. */
  readonly memory: number;
  readonly "watch delay": null;
  /**
   * By how many milliseconds the event loop was late since it is watched. A sample is taken at each
   * tick, so a second in which the loop stood still is one sample among many; `waited` counts
   * by time instead: of all moments, 99 in 100 saw the next tick sooner.
   */
  readonly delay: { readonly p99: number; readonly waited: number; readonly max: number };
}

const resolution = 1;
const delays = monitorEventLoopDelay({ resolution });
const ticks: number[] = [];
let ticking: NodeJS.Timeout | undefined;

const answers: { readonly [Asked in Question]: () => Answers[Asked] } = {
  cpu() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  memory() {
    if (!globalThis.gc) throw new Error("Start the server with --expose-gc.");
    for (let time = 0; time < 3; time += 1) globalThis.gc();
    return process.memoryUsage.rss();
  },
  "watch delay"() {
    delays.reset();
    delays.enable();
    ticks.length = 0;
    clearInterval(ticking);
    ticking = setInterval(() => ticks.push(performance.now()), resolution).unref();
    return null;
  },
  delay() {
    clearInterval(ticking);
    delays.disable();
    return {
      p99: late(delays.percentile(99)),
      waited: waitOf(gapsBetween(ticks), 0.01),
      max: late(delays.max),
    };
  },
};

/** The histogram holds the whole time from one tick to the next, in nanoseconds. */
function late(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - resolution);
}

if (isMainThread && process.send) {
  process.on("message", ({ id, question }: { id: number; question: Question }) => {
    process.send?.({ id, answer: answers[question]() });
  });
  // Without the benchmark nobody needs the server, and the channel alone must not keep it running.
  process.on("disconnect", () => process.exit());
  process.channel?.unref();
}
