import { mkdtemp, open, rm } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir, totalmem, type as osType, release } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { median } from "./statistics.ts";

/** What the figures depend on. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memory_gb: number;
  readonly system: string;
  readonly node: string;
  /** How long the disk takes for 4 KiB and a sync, in milliseconds. */
  readonly fsync_ms: number;
}

/** Describes this machine, measuring its disk where the servers keep their data. */
export async function describeMachine(): Promise<Machine> {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memory_gb: Math.round(totalmem() / 2 ** 30),
    system: `${osType()} ${release()}`,
    node: process.version,
    fsync_ms: Number((await timeFsync()).toFixed(3)),
  };
}

async function timeFsync(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "causerie-bench-"));
  const file = await open(join(folder, "fsync"), "w");
  const times: number[] = [];
  for (let n = 0; n < 200; n += 1) {
    const started = performance.now();
    await file.write(Buffer.alloc(4096, n));
    await file.datasync();
    times.push(performance.now() - started);
  }
  await file.close();
  await rm(folder, { recursive: true });
  return median(times);
}
