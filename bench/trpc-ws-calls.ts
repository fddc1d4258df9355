/**
 * What does a call over `/trpc` cost the server, beside tRPC's own WebSocket adapter? The same
 * router in one process, raw frames from another, rounds in turns; the ratio of the medians.
 *
 *   node bench/trpc-ws-calls.ts [rounds] [calls a round]
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { WebSocket } from "ws";

const rounds = Number(process.argv[2] ?? 7);
const calls = Number(process.argv[3] ?? 20_000);
const connections = 20;
const inFlight = 4;

const server = fork(new URL("./trpc-ws-calls-server.ts", import.meta.url));
const [{ port }] = (await once(server, "message")) as [{ port: number }];

async function serverCpu(): Promise<number> {
  server.send("cpu");
  const [{ user, system }] = (await once(server, "message")) as [NodeJS.CpuUsage];
  return user + system;
}

async function open(path: string): Promise<WebSocket[]> {
  const sockets = Array.from({ length: connections }, () => new WebSocket(`ws://127.0.0.1:${port}${path}`));
  await Promise.all(sockets.map((socket) => once(socket, "open")));
  return sockets;
}

/** Makes its share of the calls on one socket, a few at a time. */
function run(socket: WebSocket): Promise<void> {
  const total = calls / connections;
  let sent = 0;
  let answered = 0;
  const input = { receiver_id: 2, content: "Bonjour, tout va bien chez vous aujourd'hui ?" };
  const call = () => {
    sent += 1;
    socket.send(JSON.stringify({ id: sent, method: "mutation", params: { path: "send", input } }));
  };
  return new Promise((resolve, reject) => {
    socket.onmessage = ({ data }) => {
      if (!String(data).includes('"result"')) reject(new Error(String(data)));
      answered += 1;
      if (sent < total) call();
      if (answered === total) resolve();
    };
    for (let n = 0; n < inFlight; n += 1) call();
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const costs = { stock: [] as number[], own: [] as number[] };
const sockets = { stock: await open("/stock"), own: await open("/own") };
for (let round = -1; round < rounds; round += 1) {
  for (const kind of ["stock", "own"] as const) {
    const before = await serverCpu();
    await Promise.all(sockets[kind].map(run));
    const cost = ((await serverCpu()) - before) / calls;
    // The first round warms up.
    if (round >= 0) costs[kind].push(cost);
  }
}
const [stock, own] = [median(costs.stock), median(costs.own)];
process.stdout.write(`stock adapter ${stock.toFixed(1)} us a call, ours ${own.toFixed(1)} us\n`);
process.stdout.write(`ratio ${(own / stock).toFixed(2)} (at most 0.6)\n`);
for (const socket of [...sockets.stock, ...sockets.own]) socket.terminate();
server.disconnect();
