import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { Latency } from "./latency-probe.ts";

const { url, token } = workerData as { url: string; token: string };
const everyMs = 20;
let times: number[] = [];
let failures: string[] = [];

parentPort?.on("message", () => {
  const sorted = times.toSorted((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  const latency: Latency = { p99, max: sorted.at(-1) ?? 0, count: sorted.length, failures };
  times = [];
  failures = [];
  parentPort?.postMessage(latency);
});

async function ask(): Promise<void> {
  const began = performance.now();
  try {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    await response.arrayBuffer();
    if (response.status !== 200) failures.push(`${response.status}`);
  } catch (error) {
    failures.push(String(error));
  }
  times.push(Math.round(performance.now() - began));
}

for (;;) {
  void ask();
  await pause(everyMs);
}
