import { calls } from "./calls.ts";
import { coldStart } from "./cold-start.ts";
import { fanOut } from "./fan-out.ts";
import { growth } from "./growth.ts";
import type { Benchmark } from "./lib/benchmark.ts";
import { memory } from "./memory.ts";
import { resumeCost } from "./resume-cost.ts";
import { resumeStorm } from "./resume-storm.ts";
import { sends } from "./sends.ts";

/** All benchmarks of `pnpm bench`, in the order of the document. */
export const benchmarks: readonly Benchmark[] = [
  sends,
  fanOut,
  calls,
  memory,
  resumeStorm,
  resumeCost,
  growth,
  coldStart,
];
