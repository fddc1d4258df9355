import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { noCounts, type Counts } from "../checker/verdict.ts";
import type { RunOutcome } from "../injections/fault.ts";

const path = resolve(import.meta.dirname, "../../../docs/reliability.json");

/** All runs of one fault, put together. */
export interface FaultResult {
  /** The first seed; the runs take those that follow. */
  readonly seed: number;
  readonly runs: number;
  readonly counts: Counts;
  readonly measures: Readonly<Record<string, { readonly median: number; readonly most: number }>>;
  /** The seed of each run with something wrong, and the first of what that was. */
  readonly failed: readonly { readonly seed: number; readonly why: string }[];
  /** Why there were no runs. */
  readonly skipped?: string;
  readonly date: string;
  readonly machine: string;
  readonly node: string;
}

/** By the name of the fault. */
export type Results = Readonly<Record<string, FaultResult>>;

/** The results of the runs before, which a new run replaces fault by fault. */
export async function readResults(): Promise<Results> {
  const text = await readFile(path, "utf8").catch(() => "{}");
  return JSON.parse(text) as Results;
}

export async function writeResults(all: Results): Promise<void> {
  await writeFile(path, `${JSON.stringify(all, null, 2)}\n`);
}

/** Puts the outcomes of runs together. */
export function summarise(
  outcomes: ReadonlyMap<number, RunOutcome>,
): Pick<FaultResult, "counts" | "measures" | "failed"> {
  const sum = noCounts();
  const measured = new Map<string, number[]>();
  const failed: { seed: number; why: string }[] = [];
  for (const [seed, outcome] of [...outcomes].sort(([a], [b]) => a - b)) {
    for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += outcome.counts[name];
    for (const [name, value] of Object.entries(outcome.measures)) {
      measured.set(name, [...(measured.get(name) ?? []), value]);
    }
    if (outcome.faults.length > 0) failed.push({ seed, why: outcome.faults[0]?.split("\n")[0] ?? "" });
  }
  const measures = Object.fromEntries([...measured].map(([name, values]) => [name, spread(values)]));
  return { counts: sum, measures, failed };
}

function spread(values: readonly number[]): { median: number; most: number } {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, most: sorted.at(-1) ?? 0 };
}
