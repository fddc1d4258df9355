import { randomInt } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { allFaults } from "./injections/all-faults.ts";
import type { Fault, RunOutcome, Scale } from "./injections/fault.ts";
import { documentOf } from "./report/document.ts";
import { readResults, summarise, writeResults, type FaultResult } from "./report/results.ts";
import { stopPostgres } from "./stage/postgres.ts";

const help = `Does to a real server what can go wrong, and counts what became of the messages.

  pnpm faults [--fault <name>[,<name>…]] [--runs <n>] [--seed <n>] [--lanes <n>] [--short] [--dry]

  --fault   only these; their rows of the report are replaced, the others stay
  --runs    how many runs of each, instead of its own number
  --seed    the seed of the first run; the others take those that follow. One seed and
            --runs 1 make the same choices again.
  --lanes   how many runs go on at once, where times do not matter
  --short   as much goes on as in the tests, instead of as much as in the report; implies --dry
  --dry     leaves docs/reliability.json and docs/reliability.md as they are
  --report  makes docs/reliability.md again from docs/reliability.json, and runs nothing

Faults, with their number of runs:
${allFaults.map(({ name, runs, what }) => `  ${name.padEnd(22)}${String(runs).padStart(4)}  ${what}`).join("\n")}
`;

const { values } = parseArgs({
  // A package manager may hand its own separator on.
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    fault: { type: "string" },
    runs: { type: "string" },
    seed: { type: "string" },
    lanes: { type: "string" },
    short: { type: "boolean", default: false },
    dry: { type: "boolean", default: false },
    report: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

const document = resolve(import.meta.dirname, "../../docs/reliability.md");

/** Runs a fault as often as asked, some runs at once, and says how each ended. */
async function repeat(fault: Fault, first: number, runs: number, lanes: number, scale: Scale) {
  const outcomes = new Map<number, RunOutcome>();
  let next = 0;
  const lane = async () => {
    while (next < runs) {
      const seed = first + next;
      next += 1;
      const outcome = await fault.run(seed, scale);
      outcomes.set(seed, outcome);
      const { acknowledged } = outcome.counts;
      const verdict = outcome.faults.length === 0 ? "ok" : `FAILED, history in ${outcome.history}`;
      say(`${fault.name} ${outcomes.size}/${runs}  seed ${seed}  ${acknowledged} acknowledged  ${verdict}`);
      for (const sentence of outcome.faults.slice(0, 5)) say(`    ${sentence.slice(0, 500)}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, runs) }, lane));
  return outcomes;
}

async function runFault(fault: Fault, seed: number): Promise<FaultResult> {
  const about = {
    seed,
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, ${process.platform} ${process.arch}`,
    node: process.versions.node,
  };
  const skipped = fault.skip?.();
  if (skipped !== undefined) {
    say(`${fault.name}: not run, because ${skipped}`);
    return { ...about, runs: 0, ...summarise(new Map()), skipped };
  }
  const runs = numberOf("runs", fault.runs);
  const lanes = Math.min(numberOf("lanes", fault.lanes), fault.lanes === 1 ? 1 : Infinity);
  say(`${fault.name}: ${runs} runs from seed ${seed}: ${fault.what}`);
  const outcomes = await repeat(fault, seed, runs, lanes, values.short ? "short" : "long");
  return { ...about, runs, ...summarise(outcomes) };
}

function numberOf(name: "runs" | "seed" | "lanes", otherwise: number): number {
  const value = values[name];
  if (value === undefined) return otherwise;
  if (!/^[1-9]\d{0,9}$/.test(value))
    throw new Error(`--${name} must be a whole number from 1, not ${value}.`);
  return Number(value);
}

function chosenFaults(): readonly Fault[] {
  const names = values.fault?.split(",");
  const unknown = names?.find((name) => !allFaults.some((fault) => fault.name === name));
  if (unknown !== undefined) throw new Error(`There is no fault ${unknown}: see --help.`);
  return names ? allFaults.filter(({ name }) => names.includes(name)) : allFaults;
}

async function writeDocument(): Promise<void> {
  const text = documentOf(allFaults, await readResults());
  await mkdir(resolve(document, ".."), { recursive: true });
  await writeFile(document, await format(text, { ...(await resolveConfig(document)), parser: "markdown" }));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<number> {
  if (values.help) {
    say(help);
    return 0;
  }
  const writes = !values.dry && !values.short;
  let failures = 0;
  const seed = numberOf("seed", randomInt(1, 2 ** 31));
  for (const fault of values.report ? [] : chosenFaults()) {
    const result = await runFault(fault, seed);
    failures += result.failed.length;
    // After each fault, so that an end on the way keeps what was done.
    if (writes) await writeResults({ ...(await readResults()), [fault.name]: result });
    if (writes) await writeDocument();
  }
  if (values.report) await writeDocument();
  await stopPostgres();
  if (failures > 0) say(`${failures} runs failed.`);
  return failures > 0 ? 1 : 0;
}

// What was started ends with this process, which has to end by itself for that.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

process.exit(await main());
