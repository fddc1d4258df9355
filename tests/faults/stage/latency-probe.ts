import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";

/** How long a server takes to answer, asked every 20 ms from a thread of its own. */
export interface LatencyProbe extends AsyncDisposable {
  /** The answers since the last call: their longest times, and any status that was not 200. */
  take(): Promise<Latency>;
}

/** Times in milliseconds. */
export interface Latency {
  readonly p99: number;
  readonly max: number;
  readonly count: number;
  readonly failures: readonly string[];
}

/** Asks for `path` with `token`, and waits for the first answer, which takes a new connection. */
export async function startLatencyProbe(url: string, path: string, token: string): Promise<LatencyProbe> {
  const worker = new Worker(new URL("latency-probe-worker.ts", import.meta.url), {
    workerData: { url: `${url}${path}`, token },
  });
  async function take(): Promise<Latency> {
    const answer = once(worker, "message");
    worker.postMessage("take");
    return ((await answer) as [Latency])[0];
  }
  while ((await take()).count === 0) await pause(20);
  return {
    take,
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
