import { performance } from "node:perf_hooks";
import type { Benchmark, Target } from "./lib/benchmark.ts";
import { signInAll, startCauserie } from "./lib/causerie.ts";
import { startEngines, type BenchEngine } from "./lib/engines.ts";
import { fillConversation } from "./lib/fill-database.ts";
import { interleave, withFigures, type Subject } from "./lib/interleave.ts";
import { median } from "./lib/statistics.ts";
import { createCalls } from "./lib/trpc-calls.ts";
import { openTrpcSocket } from "./lib/trpc-socket.ts";

const sizes = [1_000, 100_000, 1_000_000] as const;
/** A round is this many short turns of each row, so that a slow moment of the disk touches them all alike. */
const turns = 10;
const pageSize = 50;
const kinds = ["history", "send"] as const;
const rowName = (engine: string, messages: number) => `${engine}, ${messages.toLocaleString("en")} messages`;

/** What a page of history and a send cost in conversations of different lengths. */
export const growth: Benchmark = {
  name: "growth",
  title: "History and sends as a conversation grows",
  about: `One person reads a page of ${pageSize} messages anywhere in a conversation of two, again and again, and then writes to it, one call at a time on a \`/trpc\` socket. The conversations have different lengths, each in a database and with a server of its own. A round is ${turns} turns of each row; a turn's figure is the median of its calls, and a ratio the median of the ratios within each turn. PostgreSQL runs on the same machine, with its default durability.`,

  async run(options) {
    const { rounds, seconds, scale, progress } = options;
    const [smallest, ...larger] = sizes.map((size) => Math.max(10, Math.round(size * scale))) as [
      number,
      ...number[],
    ];
    await using resources = new AsyncDisposableStack();
    const engines = await startEngines(options);
    for (const engine of engines) resources.use(engine);
    const subjects: Subject[] = [];
    for (const engine of engines)
      for (const messages of [smallest, ...larger]) {
        progress(`storing ${messages} messages on ${engine.name}`);
        const conversation = resources.use(await serveConversation(engine, messages));
        // What is compiled and read for the first time is not what is measured.
        await conversation.measure(Math.min(2, seconds));
        subjects.push({
          name: rowName(engine.name, messages),
          measure: () => conversation.measure(seconds / turns),
        });
      }
    const measured = await interleave(subjects, { rounds: rounds * turns, progress });
    const smallestOf = (name: string) => rowName(name.replace(/, .*/, ""), smallest);
    const ratio = (name: string, kind: string) => measured.ratio(name, kind, smallestOf(name));
    return {
      columns: [
        { key: "history", label: "history page ms", digits: 2 },
        { key: "history_ratio", label: "to the shortest", digits: 2 },
        { key: "send", label: "send ms", digits: 2 },
        { key: "send_ratio", label: "to the shortest", digits: 2 },
      ],
      rows: withFigures(measured.rows, (name) => ({
        history_ratio: ratio(name, "history"),
        send_ratio: ratio(name, "send"),
      })),
      targets: engines.flatMap(({ name }) =>
        kinds.map((kind): Target => ({
          what: `${name}: ${kind === "send" ? "a send" : "a page"} in the longer conversations to the shortest, the worse of two`,
          measured: Math.max(...larger.map((size) => ratio(rowName(name, size), kind))),
          atMost: 1.3,
        })),
      ),
    };
  },
};

/** A server with one conversation, and one of its two people on a socket. */
async function serveConversation(engine: BenchEngine, messages: number) {
  await using resources = new AsyncDisposableStack();
  const folder = resources.use(await engine.createFolder(2));
  let conversation_id = 0;
  await folder.fill(async (filling) => {
    conversation_id = await fillConversation(filling, [1, 2], messages);
  });
  const server = resources.use(await startCauserie(folder));
  const [token] = await signInAll(server, folder);
  const socket = await openTrpcSocket({ port: server.port, token });
  resources.defer(() => socket.close());
  const call = createCalls(socket);
  let calls = 0;
  // A step of the golden ratio: everywhere in the conversation, and nowhere twice in a row.
  const anywhere = () => 1 + Math.floor(((calls * 0.618034) % 1) * messages);
  const history = () =>
    call("query", "conversations.history", { conversation_id, around: anywhere(), limit: pageSize });
  const send = () =>
    call("mutation", "messages.send", {
      receiver_id: 2,
      content: "Bonjour, comment allez-vous ?",
      client_message_id: crypto.randomUUID(),
    });

  async function timeCalls(make: () => Promise<unknown>, seconds: number): Promise<number> {
    const times: number[] = [];
    const end = performance.now() + 1000 * seconds;
    do {
      calls += 1;
      const begun = performance.now();
      await make();
      times.push(performance.now() - begun);
    } while (performance.now() < end);
    return median(times);
  }

  const owned = resources.move();
  return {
    measure: async (seconds: number) => ({
      history: await timeCalls(history, seconds / 2),
      send: await timeCalls(send, seconds / 2),
    }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
