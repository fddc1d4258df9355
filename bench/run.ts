/** `pnpm bench`: runs benchmarks and keeps their results in docs/performance.json and docs/performance.md. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { benchmarks } from "./benchmarks.ts";
import { isMet } from "./lib/benchmark.ts";
import { describeMachine } from "./lib/machine.ts";
import { performancePage } from "./lib/performance-page.ts";
import { recordRun, type Results } from "./lib/results.ts";

const help = `Usage: pnpm bench [name …] [options]

Runs the benchmarks named, or all, and writes docs/performance.json and the tables of docs/performance.md.
Close what else is running: ratios stand a busy machine, the other figures do not.

${benchmarks.map(({ name, title }) => `  ${name.padEnd(16)}${title}`).join("\n")}

  --rounds <n>        how often each row is measured, in turn with the others (5)
  --seconds <n>       how long one measurement lasts (5)
  --connections <n>   how many connections "memory" holds (10000)
  --scale <part>      less of everything, to try it out; nothing is written (1)
  --no-peers          leave out Socket.IO and FeathersJS, which are else installed into bench/peers
  --no-write          only show the results
  --profile <folder>  have Causerie write CPU profiles there, for bench/self-times.ts;
                      that slows it and nobody else, so nothing is written
  --help
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "5" },
    connections: { type: "string" },
    scale: { type: "string", default: "1" },
    peers: { type: "boolean", default: true },
    write: { type: "boolean", default: true },
    profile: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

/** A number above 0, or an end with a sentence. */
function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  process.stderr.write(`--${name} must be a number above 0.\n`);
  process.exit(2);
}

const docs = resolve(import.meta.dirname, "../docs");
const jsonPath = `${docs}/performance.json`;
const pagePath = `${docs}/performance.md`;

async function runAll(): Promise<void> {
  const unknown = positionals.find((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no benchmark "${unknown}".\n\n${help}`);
    process.exit(2);
  }
  const options = {
    rounds: positive("rounds", values.rounds),
    seconds: positive("seconds", values.seconds),
    scale: positive("scale", values.scale),
    peers: values.peers,
    ...(values.connections === undefined ? {} : { connections: positive("connections", values.connections) }),
  };
  const profiles = values.profile === undefined ? undefined : resolve(values.profile);
  if (profiles !== undefined) mkdirSync(profiles, { recursive: true });
  const asked = process.argv.slice(2).filter((argument) => !benchmarks.some(({ name }) => name === argument));

  for (const benchmark of benchmarks) {
    const { name } = benchmark;
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const progress = (text: string) => void process.stderr.write(`${name}: ${text}\n`);
    const machine = await describeMachine();
    const result = await benchmark.run({
      ...options,
      progress,
      ...(profiles === undefined ? {} : { profiles: `${profiles}/${name}` }),
    });
    const { rounds, seconds } = options;
    const command = ["pnpm bench", name, ...asked].join(" ");
    const measured = new Date().toISOString().slice(0, 10);
    const run = recordRun(benchmark, result, { command, measured, rounds, seconds, machine });
    console.table(Object.fromEntries(run.rows.map((row) => [row.name, row.figures])));
    for (const target of run.targets)
      console.log(`${isMet(target) ? "met    " : "NOT MET"} ${target.what}: ${target.measured}`);
    if (values.write && options.scale === 1 && profiles === undefined) await keep(name, run);
  }
}

/** Replaces the benchmark's last results by these. */
async function keep(name: string, run: Results[string]): Promise<void> {
  const before = JSON.parse(readFileSync(jsonPath, "utf8")) as Results;
  const all: Results = { ...before, [name]: run };
  const ordered = benchmarks.flatMap((benchmark) => {
    const last = all[benchmark.name];
    return last ? [[benchmark.name, last] as const] : [];
  });
  const results = Object.fromEntries(ordered);
  writeFileSync(jsonPath, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(pagePath, await performancePage(readFileSync(pagePath, "utf8"), results));
}

if (values.help) process.stdout.write(help);
else await runAll();
