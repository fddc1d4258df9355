import type { Counts } from "../checker/verdict.ts";

/** `short` is for every test run, `long` for the report. */
export type Scale = "short" | "long";

/** How one run ended. */
export interface RunOutcome {
  readonly counts: Counts;
  /** A sentence for each thing that was not as it must be; none when all is well. */
  readonly faults: readonly string[];
  /** What was measured; the report shows the median and the largest of all runs. */
  readonly measures: Readonly<Record<string, number>>;
  /** The history, kept when there are faults. */
  readonly history: string;
}

/** Something that can go wrong, done to a running server while people write and read. */
export interface Fault {
  readonly name: string;
  /** What is done, for the report. */
  readonly what: string;
  /** What must hold, besides that nothing is lost, doubled, out of order or seen by others. */
  readonly demand?: string;
  /** Runs of the long one. */
  readonly runs: number;
  /** How many runs may go on at once: 1 for what measures time. */
  readonly lanes: number;
  /** Why it cannot be done here, or undefined. */
  skip?(): string | undefined;
  run(seed: number, scale: Scale): Promise<RunOutcome>;
}
