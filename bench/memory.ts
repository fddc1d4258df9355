import { cp } from "node:fs/promises";
import { resolve } from "node:path";
import type { Benchmark, BenchmarkOptions, BenchmarkResult } from "./lib/benchmark.ts";
import { startCauserie } from "./lib/causerie.ts";
import { createClonedAccounts } from "./lib/cloned-accounts.ts";
import { interleave } from "./lib/interleave.ts";
import { localAddress } from "./lib/local-address.ts";
import { openRawSocket } from "./lib/raw-socket.ts";
import { runAlone } from "./lib/run-alone.ts";
import { startServer } from "./lib/server-under-test.ts";
import { openTrpcSocket } from "./lib/trpc-socket.ts";
import { createWorkFolder } from "./lib/work-folder.ts";
import { holdingSubject } from "./memory/subject.ts";

const naiveMain = resolve(import.meta.dirname, "servers/naive-idle.ts");
const defaultConnections = 2000;
const nodeArgs = ["--expose-gc"];
const naive = "bare ws";
const causerie = "Causerie, /trpc with events.stream";

export const memory: Benchmark = {
  name: "memory",
  title: "Memory of an idle connection",
  about:
    "2,000 connections (`--connections 10000` for more), each of another user and with one `events.stream` subscription, " +
    "are opened and held. The figure is by how much the resident memory grew, after a garbage collection before and after, " +
    "divided by their number; each time in a new process. The bare `ws` server's sockets have nothing attached.",
  run,
};

async function run(options: BenchmarkOptions): Promise<BenchmarkResult> {
  const { rounds, scale, progress, profiles } = options;
  const connections = options.connections ?? Math.max(2, Math.round(defaultConnections * scale));
  await using folder = await createWorkFolder();
  const accounts = await createClonedAccounts(folder.at("template"), connections);
  let started = 0;
  const { rows } = await interleave(
    [
      holdingSubject(
        {
          name: naive,
          start: () => startServer(naiveMain, { nodeArgs, profiles: profiles && `${profiles}/naive` }),
          open: (port, n) => openRawSocket({ port, path: "/", localAddress: localAddress(n) }),
        },
        connections,
      ),
      holdingSubject(
        {
          name: causerie,
          async start() {
            started += 1;
            const dataDir = folder.at(`data-${started}`);
            await cp(folder.at("template"), dataDir, { recursive: true });
            return startCauserie({ dataDir, nodeArgs, profiles: profiles && `${profiles}/causerie` });
          },
          open: (port, n) =>
            openTrpcSocket({ port, token: accounts[n]?.token ?? "", localAddress: localAddress(n) }),
        },
        connections,
      ),
    ],
    { rounds, progress },
  );
  const figure = (name: string, key: string) =>
    rows.find((row) => row.name === name)?.figures[key] ?? Number.NaN;
  return {
    columns: [
      { key: "held", label: "connections held" },
      { key: "kib", label: "RSS KiB each", digits: 1 },
      { key: "heap", label: "of it heap and buffers", digits: 1 },
      { key: "total", label: "RSS MiB of the process" },
      { key: "perSecond", label: "opened a second" },
      { key: "over", label: "KiB over bare ws", digits: 1 },
    ],
    rows: rows.map(({ name, figures }) => ({
      name,
      figures: { ...figures, over: figure(name, "kib") - figure(naive, "kib") },
    })),
    targets: [
      {
        what: "KiB per connection over a bare ws server's",
        measured: figure(causerie, "kib") - figure(naive, "kib"),
        atMost: 15,
      },
    ],
  };
}

await runAlone(import.meta, memory);
