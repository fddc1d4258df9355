import { performance } from "node:perf_hooks";
import type { Benchmark } from "./lib/benchmark.ts";
import { signInAll, startCauserie } from "./lib/causerie.ts";
import { createDataFolder } from "./lib/data-folder.ts";
import { inBatches } from "./lib/in-batches.ts";
import { interleave } from "./lib/interleave.ts";
import type { RawSocket } from "./lib/raw-socket.ts";
import type { ServerUnderTest } from "./lib/server-under-test.ts";
import { createCalls } from "./lib/trpc-calls.ts";
import { headOf, openTrpcSocket, subscribe } from "./lib/trpc-socket.ts";

/** What each client missed: half of it said to everybody, half to them alone. */
const missed = 20;
const name = "Causerie, events.stream on /trpc";
const patienceMs = 60_000;

/** Everybody comes back at the same moment, as after a lost network. */
export const resumeStorm: Benchmark = {
  name: "resume-storm",
  title: "A thousand clients come back at once",
  about: `1,000 people with a socket each connect at the same moment with a cursor, and have missed ${missed} messages each, half of them to everybody and half to them alone. The time runs from the first connection until the last client has the last message. The delay is by how much the server's event loop was late, sampled every millisecond: once by the samples, of which one long stop is only one, and once by how long whoever comes at any moment waits for the loop's next turn.`,

  async run({ rounds, scale, profiles, progress }) {
    const people = Math.max(5, Math.round(1000 * scale));
    await using folder = await createDataFolder(people + 1);
    await using server = await startCauserie(folder, { profiles });
    progress(`signing in ${people} people`);
    const tokens = await signInAll(server, folder);
    progress("sending what they will have missed");
    const cursor = await sendWhatIsMissed(server, tokens);
    const clients = tokens.slice(0, people);
    const measured = await interleave([{ name, measure: () => measure(server, clients, cursor) }], {
      rounds,
      progress,
    });
    const figures = measured.rows[0]?.figures ?? {};
    return {
      columns: [
        { key: "clients", label: "clients" },
        { key: "half", label: "half caught up after s", digits: 2 },
        { key: "all", label: "all caught up after s", digits: 2 },
        { key: "p99", label: "loop delay p99 ms, of samples", digits: 1 },
        { key: "waited", label: "p99 ms, of time", digits: 1 },
        { key: "max", label: "loop delay max ms", digits: 1 },
      ],
      rows: measured.rows,
      targets: [
        { what: "seconds until all are caught up", measured: figures["all"] ?? Number.NaN, atMost: 10 },
        { what: "event loop delay p99 of samples, ms", measured: figures["p99"] ?? Number.NaN, atMost: 200 },
        { what: "event loop delay p99 of time, ms", measured: figures["waited"] ?? Number.NaN, atMost: 200 },
      ],
    };
  },
};

/** Writes as the last person to all others and to everybody. Returns the cursor from before. */
async function sendWhatIsMissed({ port }: ServerUnderTest, tokens: readonly string[]): Promise<string> {
  const cursor = await headOf(port, tokens[0]);
  const writer = await openTrpcSocket({ port, token: tokens.at(-1) });
  const receivers = [
    ...tokens.slice(0, -1).flatMap((_, index) => new Array<number>(missed / 2).fill(index + 1)),
    ...new Array<null>(missed / 2).fill(null),
  ];
  const call = createCalls(writer);
  const content = "Bonjour, on se voit demain à midi devant la gare ?";
  await inBatches(
    receivers.length,
    (n) => call("mutation", "messages.send", { receiver_id: receivers[n], content }),
    60,
  );
  writer.close();
  return cursor;
}

async function measure(server: ServerUnderTest, tokens: readonly string[], cursor: string) {
  const sockets: RawSocket[] = [];
  await server.ask("watch delay");
  const begun = performance.now();
  const times = await Promise.all(
    tokens.map(async (token) => {
      const socket = await openTrpcSocket({ port: server.port, token });
      sockets.push(socket);
      subscribe(socket, cursor);
      await caughtUp(socket);
      return (performance.now() - begun) / 1000;
    }),
  );
  const delay = await server.ask("delay");
  for (const socket of sockets) socket.close();
  times.sort((a, b) => a - b);
  const [half = Number.NaN, all = Number.NaN] = [times[Math.floor(times.length / 2)], times.at(-1)];
  return { clients: tokens.length, half, all, ...delay };
}

/** Resolves when the socket was given as many messages as were missed. */
function caughtUp(socket: RawSocket): Promise<void> {
  let messages = 0;
  return new Promise((done, failed) => {
    const late = setTimeout(
      () => failed(new Error(`A client has ${messages} of ${missed} messages after a minute.`)),
      patienceMs,
    );
    socket.onText((payload) => {
      if (!payload.includes('"message.created"')) return;
      messages += 1;
      if (messages < missed) return;
      clearTimeout(late);
      done();
    });
  });
}
