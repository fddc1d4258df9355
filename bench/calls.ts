import { performance } from "node:perf_hooks";
import type { Benchmark, Figures } from "./lib/benchmark.ts";
import { inBatches } from "./lib/in-batches.ts";
import { interleave, withFigures, type Subject } from "./lib/interleave.ts";
import type { RawSocket } from "./lib/raw-socket.ts";
import { startServer, type ServerUnderTest } from "./lib/server-under-test.ts";
import { callOf, openTrpcSocket } from "./lib/trpc-socket.ts";

const main = new URL("servers/both-adapters.ts", import.meta.url).pathname;
const connections = 20;
const inFlight = 4;
const own = "Causerie's handler";
const stock = "stock tRPC adapter";

/** What a call over `/trpc` costs beside tRPC's own WebSocket adapter. */
export const calls: Benchmark = {
  name: "calls",
  title: "Calls beside tRPC's own adapter",
  about: `${connections} connections, each with ${inFlight} calls under way, of one router in one process, served on one path by Causerie's handler and on another by tRPC's adapter. The procedure has the layers of \`messages.send\`, and its resolver stores nothing: what is measured is the way of a call to the procedure and back.`,

  async run({ rounds, seconds, progress }) {
    await using resources = new AsyncDisposableStack();
    const server = resources.use(await startServer(main));
    const subjects: Subject[] = [];
    for (const [name, path] of [
      [own, "/own"],
      [stock, "/stock"],
    ] as const) {
      const sockets = await inBatches(connections, () => openTrpcSocket({ port: server.port, path }));
      resources.defer(() => sockets.forEach((socket) => socket.close()));
      const measure = createCallLoad(server, sockets);
      await measure(Math.min(2, seconds));
      subjects.push({ name, measure: () => measure(seconds) });
    }
    const measured = await interleave(subjects, { rounds, progress });
    const ratio = (name: string) => measured.ratio(name, "cpu", stock);
    return {
      columns: [
        { key: "rate", label: "calls/s" },
        { key: "cpu", label: "server CPU µs/call", digits: 1 },
        { key: "ratio", label: "CPU to the stock adapter", digits: 2 },
      ],
      rows: withFigures(measured.rows, (name) => ({ ratio: ratio(name) })),
      targets: [{ what: "CPU of a call to the stock adapter's", measured: ratio(own), atMost: 0.6 }],
    };
  },
};

/** Keeps some calls of each socket under way for a while, and waits for the last answers. */
function createCallLoad(server: ServerUnderTest, sockets: readonly RawSocket[]) {
  const input = { receiver_id: 2, content: "Bonjour, tout va bien chez vous aujourd'hui ?" };
  let sent = 0;
  let answered = 0;
  let isOver = true;
  let idle = () => {};
  const call = (socket: RawSocket) => {
    sent += 1;
    socket.send(callOf(sent, "mutation", "send", input));
  };
  for (const socket of sockets)
    socket.onText((payload) => {
      if (!payload.includes('"result"'))
        throw new Error(`A call failed: ${payload.toString().slice(0, 300)}`);
      answered += 1;
      if (!isOver) call(socket);
      else if (answered === sent) idle();
    });

  return async function measure(seconds: number): Promise<Figures> {
    const before = answered;
    isOver = false;
    const cpu = await server.ask("cpu");
    const begun = performance.now();
    for (const socket of sockets) for (let n = 0; n < inFlight; n += 1) call(socket);
    await new Promise((done) => setTimeout(done, seconds * 1000));
    const inTime = answered - before;
    const elapsed = performance.now() - begun;
    await new Promise<void>((done) => {
      idle = done;
      isOver = true;
      if (answered === sent) done();
    });
    return {
      rate: (inTime / elapsed) * 1000,
      cpu: ((await server.ask("cpu")) - cpu) / (answered - before),
    };
  };
}
