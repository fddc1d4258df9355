/**
 * Does a sign-in tell by its time whether the address has an account? Interleaved trials
 * against a real server; the ratio of the medians should be close to 1.
 *
 *   node bench/login-timing.ts [trials]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { readConfig, startServer } from "@causerie/server";

const trials = Number(process.argv[2] ?? 200);
const DATA_DIR = await mkdtemp(join(tmpdir(), "causerie-bench-"));
const server = await startServer(readConfig({ DATA_DIR, PORT: "0", RATE_LIMIT: "off", LOG_LEVEL: "silent" }));

async function post(path: string, body: unknown): Promise<number> {
  const started = performance.now();
  const response = await fetch(`${server.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

try {
  await post("/auth/register", { name: "Jean", email: "jean@example.com", password: "motdepasse123" });
  const known: number[] = [];
  const unknown: number[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    known.push(await post("/auth/login", { email: "jean@example.com", password: "wrong password" }));
    unknown.push(await post("/auth/login", { email: "nobody@example.com", password: "wrong password" }));
  }
  const ratio = median(unknown) / median(known);
  console.log(
    `${trials} trials: wrong password ${median(known).toFixed(1)} ms, unknown address ${median(unknown).toFixed(1)} ms, ratio ${ratio.toFixed(3)}`,
  );
} finally {
  await server.stop();
  await rm(DATA_DIR, { recursive: true });
}
