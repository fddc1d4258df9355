import type { Figures, Row } from "./benchmark.ts";
import { median } from "./statistics.ts";

/** One row of a benchmark: something that can be measured again and again. */
export interface Subject {
  readonly name: string;
  measure(): Promise<Figures>;
}

/** All measurements, round by round. */
export interface Rounds {
  readonly rows: readonly Row[];
  /** The median over the rounds of how a figure of one row compares with another's in the same round. */
  ratio(name: string, key: string, baseline: string): number;
}

export interface InterleaveOptions {
  readonly rounds: number;
  readonly progress: (text: string) => void;
}

/**
 * Measures the subjects in turn, round after round, so that what else the machine does
 * touches them all alike.
 */
export async function interleave(
  subjects: readonly Subject[],
  { rounds, progress }: InterleaveOptions,
): Promise<Rounds> {
  const measured = new Map<string, Figures[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, measure } of subjects) {
      const figures = await measure();
      measured.get(name)?.push(figures);
      progress(`round ${round} of ${rounds}: ${name}: ${describe(figures)}`);
    }
  }
  const roundsOf = (name: string) => measured.get(name) ?? [];
  return {
    rows: subjects.map(({ name }) => ({ name, figures: medians(roundsOf(name)) })),
    ratio: (name, key, baseline) =>
      median(
        roundsOf(name).map(
          (figures, round) => valueOf(figures, key) / valueOf(roundsOf(baseline)[round], key),
        ),
      ),
  };
}

/** The rows, each with the figures that `add` makes of its name. */
export function withFigures(rows: readonly Row[], add: (name: string) => Figures): Row[] {
  return rows.map(({ name, figures }) => ({ name, figures: { ...figures, ...add(name) } }));
}

function medians(rounds: readonly Figures[]): Figures {
  const keys = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(keys.map((key) => [key, median(rounds.map((figures) => valueOf(figures, key)))]));
}

function valueOf(figures: Figures | undefined, key: string): number {
  return figures?.[key] ?? Number.NaN;
}

function describe(figures: Figures): string {
  return Object.entries(figures)
    .map(([key, value]) => `${key} ${Number(value.toPrecision(4))}`)
    .join(", ");
}
