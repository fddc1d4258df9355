import {
  openBarePair,
  openCauserieChatPair,
  openCauserieTrpcPair,
  openFeathersPair,
  openSocketIoPair,
  openStockTrpcPair,
} from "./lib/pairs.ts";
import { bareWs, startWithTable, stockTrpc } from "./lib/bare-servers.ts";
import type { Benchmark, BenchmarkOptions } from "./lib/benchmark.ts";
import { signInAll, startCauserie } from "./lib/causerie.ts";
import { createDataFolder } from "./lib/data-folder.ts";
import { interleave, withFigures, type Subject } from "./lib/interleave.ts";
import { installPeers, peerServer } from "./lib/peers.ts";
import { createSendRounds, type Pair } from "./lib/send-pairs.ts";
import type { ServerUnderTest } from "./lib/server-under-test.ts";

const normal = "bare ws, one insert, NORMAL";
const full = "bare ws, one insert, FULL";
const chat = "Causerie, chat socket";
const trpc = "Causerie, /trpc";

/** The first person of a pair has an odd id, the second the next. */
type OpenPair = (server: ServerUnderTest, senderId: number) => Promise<Pair>;

interface Contender {
  readonly name: string;
  readonly receipts: number;
  start(): Promise<{ readonly server: ServerUnderTest; readonly open: OpenPair }>;
}

/** Durable messages, from the frame of the sender to the frames at both. */
export const sends: Benchmark = {
  name: "sends",
  title: "Durable sends",
  about:
    "Fifty pairs, each with four messages of some 80 characters under way. A message is done when the sender and the receiver have been given it; through `/trpc` the sender's answer counts too. Causerie authenticates, validates, makes retries harmless, writes the event log, syncs to disk (FULL) and delivers; the bare loop parses, inserts and sends. CPU is of the whole server process, all its threads.",

  async run(options) {
    const { rounds, seconds, peers, progress } = options;
    const pairCount = Math.max(2, Math.round(50 * options.scale));
    if (peers) await installPeers(progress);
    await using resources = new AsyncDisposableStack();

    async function subjectOf({ name, receipts, start }: Contender): Promise<Subject> {
      progress(`starting ${name}`);
      const { server, open } = await start();
      resources.use(server);
      const pairs: Pair[] = [];
      for (let n = 0; n < pairCount; n += 1) pairs.push(await open(server, 2 * n + 1));
      resources.defer(() => {
        for (const { sender, receiver } of pairs) for (const socket of [sender, receiver]) socket.close();
      });
      const measure = createSendRounds({ pairs, receipts });
      // What is compiled and opened once is not what is measured.
      await measure(server, Math.min(1, seconds));
      return { name, measure: () => measure(server, seconds) };
    }

    const subjects: Subject[] = [];
    for (const contender of contenders(options, 2 * pairCount)) subjects.push(await subjectOf(contender));
    const measured = await interleave(subjects, { rounds, progress });
    const ratio = (name: string, baseline: string) => measured.ratio(name, "rate", baseline);
    return {
      columns: [
        { key: "rate", label: "messages/s" },
        { key: "p50", label: "p50 ms", digits: 1 },
        { key: "p99", label: "p99 ms", digits: 1 },
        { key: "cpu", label: "server CPU µs/message" },
        { key: "normal", label: "rate to NORMAL", digits: 2 },
        { key: "full", label: "rate to FULL", digits: 2 },
      ],
      rows: withFigures(measured.rows, (name) => ({ normal: ratio(name, normal), full: ratio(name, full) })),
      targets: [
        {
          what: "rate of the chat socket to the bare loop at NORMAL",
          measured: ratio(chat, normal),
          atLeast: 1.3,
        },
        { what: "rate of the chat socket to the bare loop at FULL", measured: ratio(chat, full), atLeast: 5 },
        { what: "rate of /trpc to the bare loop at NORMAL", measured: ratio(trpc, normal), atLeast: 0.9 },
        { what: "rate of /trpc to the bare loop at FULL", measured: ratio(trpc, full), atLeast: 3 },
        {
          what: "p99 of the chat socket to that of the bare loop at NORMAL",
          measured: measured.ratio(chat, "p99", normal),
          atMost: 1,
        },
      ],
    };
  },
};

function contenders({ peers, profiles }: BenchmarkOptions, people: number): Contender[] {
  const withTable = (
    name: string,
    receipts: number,
    main: string,
    open: OpenPair,
    SYNCHRONOUS = "NORMAL",
  ): Contender => ({
    name,
    receipts,
    start: async () => ({
      server: await startWithTable(main, { env: { SYNCHRONOUS, USERS: String(people) } }),
      open,
    }),
  });
  /** Both sockets of Causerie have a server of their own. */
  const causerie = (
    name: string,
    receipts: number,
    open: (token: (userId: number) => string) => OpenPair,
  ): Contender => ({
    name,
    receipts,
    async start() {
      const own = await createDataFolder(people);
      const server = await startCauserie(own, {
        profiles: profiles && `${profiles}/${open === openCauserieChatPair ? "chat" : "trpc"}`,
      });
      const tokens = await signInAll(server, own);
      return {
        server: {
          ...server,
          async [Symbol.asyncDispose]() {
            await server[Symbol.asyncDispose]();
            await own[Symbol.asyncDispose]();
          },
        },
        open: open((userId) => tokens[userId - 1] ?? ""),
      };
    },
  });
  return [
    withTable(normal, 2, bareWs, openBarePair),
    withTable(full, 2, bareWs, openBarePair, "FULL"),
    causerie(chat, 2, openCauserieChatPair),
    causerie(trpc, 3, openCauserieTrpcPair),
    withTable("stock tRPC adapter, one insert, NORMAL", 3, stockTrpc, openStockTrpcPair),
    ...(peers
      ? [
          withTable("Socket.IO, one insert, NORMAL", 2, peerServer("socket-io"), openSocketIoPair),
          withTable("FeathersJS, Knex, NORMAL", 3, peerServer("feathers"), openFeathersPair),
        ]
      : []),
  ];
}
