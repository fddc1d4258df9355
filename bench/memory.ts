import type { Benchmark } from "./lib/benchmark.ts";
import { bare, causerie, socketIo, stock, type Followed } from "./lib/followers.ts";
import { inBatches } from "./lib/in-batches.ts";
import { interleave, withFigures } from "./lib/interleave.ts";
import { requireOpenFiles } from "./lib/open-files.ts";
import { installPeers } from "./lib/peers.ts";

const mostPeople = 1000;
const perAddress = 1000;
/** What is done after a connection is made, such as buffers that are let go, is over by then. */
const settleMs = 1000;

/** The resident memory of a connection that follows and to which nothing happens. */
export const memory: Benchmark = {
  name: "memory",
  title: "Memory of idle connections",
  about:
    "How much the resident memory of a server grows with 10,000 connections (`--connections` says how many), each with one subscription to events, where there are such things. Each server starts anew for each round, is warmed up with 100 connections, and collects its garbage before it is measured. The connections belong to up to 1,000 people.",

  async run({ rounds, peers, scale, connections, progress }) {
    const count = connections ?? Math.max(20, Math.round(10_000 * scale));
    await requireOpenFiles(count);
    if (peers) await installPeers(progress);
    const subjects = [bare, causerie, stock, socketIo]
      .filter(({ isPeer }) => peers || !isPeer)
      .map((followed) => ({ name: followed.name, measure: async () => await measure(followed, count) }));
    const measured = await interleave(subjects, { rounds, progress });
    const kilobytes = (name: string) =>
      measured.rows.find((row) => row.name === name)?.figures["each"] ?? Number.NaN;
    const over = (name: string) => kilobytes(name) - kilobytes(bare.name);
    return {
      columns: [
        { key: "connections", label: "connections" },
        { key: "each", label: "RSS KB each", digits: 1 },
        { key: "over", label: "KB over bare ws", digits: 1 },
      ],
      rows: withFigures(measured.rows, (name) => ({ over: over(name) })),
      targets: [
        { what: "KB of a connection over the bare server's", measured: over(causerie.name), atMost: 15 },
      ],
    };
  },
};

async function measure({ start }: Followed, connections: number) {
  const following = await start(Math.min(mostPeople, connections), { nodeArgs: ["--expose-gc"] });
  await using server = following.server;
  const open = (count: number) => inBatches(count, (n) => following.follow(n, addressOf(n)));
  const settled = async () => {
    await new Promise((done) => setTimeout(done, settleMs));
    return await server.ask("memory");
  };
  const warm = await open(Math.min(100, connections));
  for (const socket of warm) socket.close();
  const before = await settled();
  const sockets = await open(connections);
  const after = await settled();
  for (const socket of sockets) socket.close();
  return { connections, each: (after - before) / 1024 / connections };
}

/** One address has some 28,000 ports for calls to one server, and what was closed keeps its port for a while. */
function addressOf(n: number): string {
  return `127.0.0.${2 + Math.floor(n / perAddress)}`;
}
