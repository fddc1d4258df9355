import type { Benchmark, BenchmarkResult } from "./benchmark.ts";
import type { Machine } from "./machine.ts";

/** One benchmark's last run, as docs/performance.json keeps it. */
export interface RecordedRun extends BenchmarkResult {
  readonly title: string;
  readonly about: string;
  readonly command: string;
  /** The day. */
  readonly measured: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly machine: Machine;
}

/** The runs by the names of their benchmarks. */
export type Results = Readonly<Record<string, RecordedRun>>;

/** Four significant digits are more than a benchmark knows. */
const round = (value: number) => Number(value.toPrecision(4));

/** What is kept of a run. */
export function recordRun(
  { title, about }: Benchmark,
  { columns, rows, targets }: BenchmarkResult,
  run: Pick<RecordedRun, "command" | "measured" | "rounds" | "seconds" | "machine">,
): RecordedRun {
  return {
    title,
    about,
    ...run,
    columns,
    rows: rows.map(({ name, figures }) => ({
      name,
      figures: Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, round(value)])),
    })),
    targets: targets.map((target) => ({ ...target, measured: round(target.measured) })),
  };
}
