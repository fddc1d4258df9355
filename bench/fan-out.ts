import { resolve } from "node:path";
import { fanOutSubject } from "./fan-out/subject.ts";
import { causerieFanOut, naiveFanOut } from "./fan-out/wires.ts";
import type { Benchmark, BenchmarkOptions, BenchmarkResult } from "./lib/benchmark.ts";
import { startCauserie } from "./lib/causerie.ts";
import { createClonedAccounts } from "./lib/cloned-accounts.ts";
import { interleave, withFigures } from "./lib/interleave.ts";
import { runAlone } from "./lib/run-alone.ts";
import { startServer } from "./lib/server-under-test.ts";
import { createWorkFolder } from "./lib/work-folder.ts";

const naiveMain = resolve(import.meta.dirname, "servers/naive-fan-out.ts");
const fullSize = 1000;
/** Messages under way at once, and the most CPU per delivery that Causerie may take of the naive loop's. */
const loads = [
  { inFlight: 8, atMost: 0.4 },
  { inFlight: 1, atMost: 1.2 },
] as const;
const naive = (inFlight: number) => `bare ws, one prepared buffer, ${inFlight} in flight`;
const causerie = (inFlight: number) => `Causerie, /trpc, ${inFlight} in flight`;

export const fanOut: Benchmark = {
  name: "fan-out",
  title: "Fan-out to 1,000 subscribers",
  about:
    "One message goes to 1,000 sockets, each of another user and with one `events.stream` subscription; a message is done " +
    "when all of them have it, and 8 or 1 are under way at any time. The bare `ws` loop sends one prepared buffer of the " +
    "same length to each socket; Causerie also checks and stores the message. CPU is that of the whole server process.",
  run,
};

async function run(options: BenchmarkOptions): Promise<BenchmarkResult> {
  const { rounds, seconds, scale, profiles, progress } = options;
  const size = Math.max(2, Math.round(fullSize * scale));
  await using folder = await createWorkFolder();
  const accounts = await createClonedAccounts(folder.at("data"), size + 1);
  await using bare = await startServer(naiveMain, { profiles: profiles && `${profiles}/naive` });
  await using server = await startCauserie({
    dataDir: folder.at("data"),
    profiles: profiles && `${profiles}/causerie`,
  });
  let frameBytes = 0;
  const { rows, ratio } = await interleave(
    loads.flatMap(({ inFlight }) => [
      // First, because the naive server's frames are made as long as these.
      fanOutSubject(
        { name: causerie(inFlight), server, wire: causerieFanOut(server.port, accounts) },
        { size, inFlight, seconds, onBytes: (bytes) => (frameBytes = bytes) },
      ),
      fanOutSubject(
        { name: naive(inFlight), server: bare, wire: naiveFanOut(bare.port, () => frameBytes) },
        { size, inFlight, seconds },
      ),
    ]),
    { rounds, progress },
  );
  const inFlightOf = (name: string) => Number(/(\d+) in flight/.exec(name)?.[1]);
  return {
    columns: [
      { key: "rate", label: "deliveries/s" },
      { key: "cpu", label: "server CPU µs per delivery", digits: 2 },
      { key: "mainCpu", label: "of it main thread", digits: 2 },
      { key: "ofNaive", label: "CPU x bare ws", digits: 2 },
      { key: "p50", label: "p50 ms until all have it", digits: 1 },
      { key: "p99", label: "p99 ms", digits: 1 },
      { key: "bytes", label: "bytes a frame" },
    ],
    rows: withFigures(rows, (name) => ({ ofNaive: ratio(name, "cpu", naive(inFlightOf(name))) })),
    targets: loads.map(({ inFlight, atMost }) => ({
      what: `CPU per delivery against the bare loop, ${inFlight} in flight`,
      measured: ratio(causerie(inFlight), "cpu", naive(inFlight)),
      atMost,
    })),
  };
}

await runAlone(import.meta, fanOut);
