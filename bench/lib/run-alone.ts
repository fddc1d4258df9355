import { parseArgs } from "node:util";
import { isMet, type Benchmark, type BenchmarkOptions, type BenchmarkResult } from "./benchmark.ts";
import { textTable } from "./text-table.ts";

export const flags = {
  rounds: { type: "string", default: "3" },
  seconds: { type: "string", default: "4" },
  scale: { type: "string", default: "1" },
  connections: { type: "string" },
  profiles: { type: "string" },
  peers: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

export const flagsHelp = `  --rounds N       how often each row is measured, in turn (3)
  --seconds N      how long one measurement lasts (4)
  --peers          also measure the packages of others; npm installs them into a temporary folder
  --connections N  how many connections are held, where that can be chosen
  --profiles DIR   write a CPU profile of each thread of the servers into DIR
  --scale N        a part of everything, such as 0.1, to try it out (1)`;

/** Reads what all benchmarks understand. */
export function optionsFrom(
  values: Readonly<Record<string, string | boolean | undefined>>,
): BenchmarkOptions {
  const number = (name: string) => {
    const value = Number(values[name]);
    if (!(value > 0)) throw new RangeError(`--${name} must be a number above 0.`);
    return value;
  };
  return {
    rounds: Math.ceil(number("rounds")),
    seconds: number("seconds"),
    scale: number("scale"),
    peers: values["peers"] === true,
    ...(values["connections"] === undefined ? {} : { connections: Math.ceil(number("connections")) }),
    ...(typeof values["profiles"] === "string" ? { profiles: values["profiles"] } : {}),
    progress: (text) => console.error(text),
  };
}

/** Prints what came of a benchmark. */
export function report(benchmark: Benchmark, { columns, rows, targets }: BenchmarkResult): void {
  console.log(`\n${benchmark.title}\n`);
  console.log(
    textTable([
      ["", ...columns.map(({ label }) => label)],
      ...rows.map(({ name, figures }) => [
        name,
        ...columns.map(({ key, digits = 0 }) => figures[key]?.toFixed(digits) ?? ""),
      ]),
    ]),
  );
  for (const target of targets) {
    const { what, measured, atLeast, atMost } = target;
    const asked = [
      ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
      ...(atMost === undefined ? [] : [`at most ${atMost}`]),
    ].join(", ");
    console.log(`${isMet(target) ? "met" : "NOT MET"}: ${what}: ${measured.toFixed(2)} (${asked})`);
  }
}

/** Runs a benchmark when its file is the program. */
export async function runAlone(meta: ImportMeta, benchmark: Benchmark): Promise<void> {
  if (!meta.main) return;
  const { values } = parseArgs({ options: flags });
  if (values.help) {
    console.log(`${benchmark.title}\n\n${benchmark.about}\n\n${flagsHelp}`);
    return;
  }
  report(benchmark, await benchmark.run(optionsFrom(values)));
}
