/** What a benchmark is asked for. */
export interface BenchmarkOptions {
  /** How often every row is measured, in turn with the others. */
  readonly rounds: number;
  /** How long one measurement lasts. */
  readonly seconds: number;
  /** Whether packages of others are measured too; they are installed when they are missing. */
  readonly peers: boolean;
  /** How much there is of everything, 1 being what the targets speak of: tests take less. */
  readonly scale: number;
  /** How many connections are held, where that can be chosen. */
  readonly connections?: number;
  /** Leaves out PostgreSQL, where it is measured too. */
  readonly sqliteOnly?: boolean;
  /** Where the servers write CPU profiles, if they should. */
  readonly profiles?: string;
  /** Says what is going on. */
  readonly progress: (text: string) => void;
}

/** What one measurement, or the median of several, came to. */
export type Figures = Readonly<Record<string, number>>;

export interface Column {
  /** The name of the figure. */
  readonly key: string;
  readonly label: string;
  /** Digits behind the point; 0 unless given. */
  readonly digits?: number;
}

export interface Row {
  readonly name: string;
  readonly figures: Figures;
}

/** A promise in numbers, and what came of it. */
export interface Target {
  readonly what: string;
  readonly measured: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface BenchmarkResult {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly targets: readonly Target[];
}

export interface Benchmark {
  /** What it is called on the command line. */
  readonly name: string;
  readonly title: string;
  /** What is measured and how, in a paragraph for the document. */
  readonly about: string;
  run(options: BenchmarkOptions): Promise<BenchmarkResult>;
}

/** Whether a target is met. */
export function isMet({ measured, atLeast = -Infinity, atMost = Infinity }: Target): boolean {
  return measured >= atLeast && measured <= atMost;
}
