import { cp } from "node:fs/promises";
import { resolve } from "node:path";
import { createAccounts } from "./lib/accounts.ts";
import type { Benchmark, BenchmarkOptions, BenchmarkResult } from "./lib/benchmark.ts";
import { startCauserie } from "./lib/causerie.ts";
import { interleave, withFigures } from "./lib/interleave.ts";
import { runAlone } from "./lib/run-alone.ts";
import { startServer } from "./lib/server-under-test.ts";
import { createWorkFolder } from "./lib/work-folder.ts";
import { sendingSubject } from "./sends/subject.ts";
import { chatWire, naiveWire, trpcWire } from "./sends/wires.ts";

const naive = "bare ws, one insert a message, NORMAL";
const naiveFull = "bare ws, one insert a message, FULL";
const chat = "Causerie, chat socket";
const trpc = "Causerie, /trpc";

const inFlight = 4;
const naiveMain = resolve(import.meta.dirname, "servers/naive-sends.ts");

export const sends: Benchmark = {
  name: "sends",
  title: "Durable sends",
  about:
    "50 pairs; in each, one sends messages of about 80 characters to the other, 4 of them under way at any time. " +
    "A message is done when both have received it, and on /trpc its sender the answer too. The naive back end parses, " +
    "inserts into SQLite (WAL) and sends to both; it has no accounts, checks nothing, and at NORMAL forgets acknowledged " +
    "messages in a power cut. Causerie runs as it is delivered, at FULL.",
  run,
};

async function run({
  rounds,
  seconds,
  scale,
  profiles,
  progress,
}: BenchmarkOptions): Promise<BenchmarkResult> {
  const pairs = Math.max(2, Math.round(50 * scale));
  await using folder = await createWorkFolder();
  const template = folder.at("template");
  progress(`registers ${2 * pairs} accounts`);
  const accounts = await registerInto(template, 2 * pairs);
  const copyOfTemplate = async (name: string) => {
    const dataDir = folder.at(name);
    await cp(template, dataDir, { recursive: true });
    return dataDir;
  };
  const startNaive = (name: string, synchronous: string) =>
    startServer(naiveMain, {
      env: { DATABASE: folder.at(`${name}.sqlite`), SYNCHRONOUS: synchronous },
      profiles: profiles && `${profiles}/${name}`,
    });

  await using normal = await startNaive("naive-normal", "normal");
  await using full = await startNaive("naive-full", "full");
  await using chatServer = await startCauserie({
    dataDir: await copyOfTemplate("chat"),
    profiles: profiles && `${profiles}/chat`,
  });
  await using trpcServer = await startCauserie({
    dataDir: await copyOfTemplate("trpc"),
    profiles: profiles && `${profiles}/trpc`,
  });

  const load = { pairs, inFlight, seconds };
  const { rows, ratio } = await interleave(
    [
      sendingSubject({ name: naive, server: normal, wire: naiveWire(normal.port) }, load),
      sendingSubject({ name: chat, server: chatServer, wire: chatWire(chatServer.port, accounts) }, load),
      sendingSubject({ name: trpc, server: trpcServer, wire: trpcWire(trpcServer.port, accounts) }, load),
      sendingSubject({ name: naiveFull, server: full, wire: naiveWire(full.port) }, load),
    ],
    { rounds, progress },
  );
  return {
    columns: [
      { key: "rate", label: "messages/s" },
      { key: "p50", label: "p50 ms", digits: 1 },
      { key: "p99", label: "p99 ms", digits: 1 },
      { key: "cpu", label: "server CPU µs per message", digits: 1 },
      { key: "mainCpu", label: "of it main thread", digits: 1 },
      { key: "ofNormal", label: "x NORMAL", digits: 2 },
      { key: "ofFull", label: "x FULL", digits: 2 },
    ],
    rows: withFigures(rows, (name) => ({
      ofNormal: ratio(name, "rate", naive),
      ofFull: ratio(name, "rate", naiveFull),
    })),
    targets: [
      { what: "chat socket, rate against NORMAL", measured: ratio(chat, "rate", naive), atLeast: 1.3 },
      { what: "chat socket, rate against FULL", measured: ratio(chat, "rate", naiveFull), atLeast: 5 },
      { what: "chat socket, p99 against NORMAL", measured: ratio(chat, "p99", naive), atMost: 1 },
      { what: "/trpc, rate against NORMAL", measured: ratio(trpc, "rate", naive), atLeast: 0.9 },
      { what: "/trpc, rate against FULL", measured: ratio(trpc, "rate", naiveFull), atLeast: 3 },
      { what: "/trpc, p99 against NORMAL", measured: ratio(trpc, "p99", naive), atMost: 1 },
    ],
  };
}

/** Argon2 makes accounts slowly: they are made once, and their folder is copied. */
async function registerInto(dataDir: string, count: number) {
  await using server = await startCauserie({ dataDir });
  return await createAccounts(server.url, count);
}

await runAlone(import.meta, sends);
