import { performance } from "node:perf_hooks";
import type { Benchmark, Target } from "./lib/benchmark.ts";
import { signInAll, startCauserie } from "./lib/causerie.ts";
import { startEngines, type BenchEngine } from "./lib/engines.ts";
import { takePositions, type Filling } from "./lib/fill-database.ts";
import { interleave, type Subject } from "./lib/interleave.ts";
import { median } from "./lib/statistics.ts";
import { headOf, openTrpcSocket, subscribe } from "./lib/trpc-socket.ts";

/** Those who come back: in how many groups they are, and how much they missed in how many of those. */
interface Returning {
  readonly name: string;
  readonly groups: number;
  readonly missed: number;
  readonly in: number;
  readonly isIdle?: boolean;
}
const returning = (scale: number): readonly Returning[] => {
  const groups = Math.max(10, Math.round(2_000 * scale));
  const missed = Math.max(60, Math.round(10_000 * scale));
  const count = (value: number) => value.toLocaleString("en");
  return [
    { name: "idle, in no group", groups: 0, missed: 0, in: 0, isIdle: true },
    { name: `idle, in ${count(groups)} groups`, groups, missed: 0, in: 0, isIdle: true },
    { name: `missed 60 events in 3 of ${count(groups)} groups`, groups, missed: 60, in: 3 },
    { name: `missed ${count(missed)} events in 10 groups`, groups: 10, missed, in: 10 },
  ];
};

/** What it costs to go on from a cursor behind which lie a million events of others. */
export const resumeCost: Benchmark = {
  name: "resume-cost",
  title: "A resume among a million events of others",
  about:
    "People come back one after the other with a cursor from before 1,000,000 events of groups that they are not in. The time runs from the first byte of the connection, or from the subscription, until the stream has told all that was missed and says so. PostgreSQL runs on the same machine, with its default durability.",

  async run(options) {
    const { rounds, seconds, scale, progress } = options;
    await using resources = new AsyncDisposableStack();
    const engines = await startEngines(options);
    for (const engine of engines) resources.use(engine);
    const people = returning(scale);
    const foreign = Math.max(1_000, Math.round(1_000_000 * scale));
    const rowName = (engine: BenchEngine, person: Returning) => `${engine.name}, ${person.name}`;
    const subjects: Subject[] = [];
    for (const engine of engines) {
      progress(`storing ${foreign} events on ${engine.name}`);
      const { resume } = resources.use(await serveLog(engine, people, foreign));
      for (const [index, person] of people.entries()) {
        await resume(index, Math.min(1, seconds));
        subjects.push({ name: rowName(engine, person), measure: () => resume(index, seconds) });
      }
    }
    const { rows } = await interleave(subjects, { rounds, progress });
    return {
      columns: [
        { key: "connected", label: "from the connection ms", digits: 1 },
        { key: "subscribed", label: "from the subscription ms", digits: 1 },
      ],
      rows,
      targets: engines.flatMap((engine) =>
        people
          .filter(({ isIdle }) => isIdle)
          .map((person): Target => {
            const name = rowName(engine, person);
            const figures = rows.find((row) => row.name === name)?.figures;
            return {
              what: `${name}: ms from the connection`,
              measured: figures?.["connected"] ?? Number.NaN,
              atMost: 50,
            };
          }),
      ),
    };
  },
};

/** A server with such a log. Person n of `people` has the id n + 1. */
async function serveLog(engine: BenchEngine, people: readonly Returning[], foreign: number) {
  await using resources = new AsyncDisposableStack();
  const folder = resources.use(await engine.createFolder(people.length));
  let cursor = "";
  {
    await using server = await startCauserie(folder);
    const [token] = await signInAll(server, folder);
    cursor = await headOf(server.port, token);
  }
  await folder.fill(async (filling) => {
    const groups = await createGroups(filling, Math.ceil(foreign / 200));
    await addEvents(filling, groups, foreign);
    for (const [index, person] of people.entries()) {
      const own = await createGroups(filling, person.groups, index + 1);
      await addEvents(filling, { ...own, count: person.in }, person.missed);
    }
  });
  const server = resources.use(await startCauserie(folder));
  const tokens = await signInAll(server, folder);

  /** Comes back again and again. */
  async function resume(index: number, seconds: number) {
    const connected: number[] = [];
    const subscribed: number[] = [];
    const end = performance.now() + 1000 * seconds;
    do {
      const begun = performance.now();
      const socket = await openTrpcSocket({ port: server.port, token: tokens[index] });
      const opened = performance.now();
      subscribe(socket, cursor);
      let told = 0;
      await new Promise<void>((done) => {
        socket.onText((payload) => {
          if (payload.includes('"heartbeat"')) done();
          else if (payload.includes('"conversation.updated"')) told += 1;
        });
      });
      const now = performance.now();
      connected.push(now - begun);
      subscribed.push(now - opened);
      socket.close();
      const missed = people[index]?.missed;
      if (told !== missed) throw new Error(`${told} events came of ${missed}.`);
    } while (performance.now() < end);
    return { connected: median(connected), subscribed: median(subscribed) };
  }

  const owned = resources.move();
  return { resume, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Groups with ids that follow each other. */
interface Groups {
  readonly first: number;
  readonly count: number;
}

/** Makes groups, of the user or of nobody. */
async function createGroups({ query, numbers }: Filling, count: number, user?: number): Promise<Groups> {
  const [newest] = await query("select max(id) as id from conversations");
  const last = Number(newest?.["id"]);
  const places = `${numbers(count)} where x <= ${count}`;
  await query(`insert into conversations (id, kind, name, created_at)
    select ${last} + x, 'group', 'Group ' || x, 0 from ${places}`);
  if (user !== undefined)
    await query(`insert into members (conversation_id, user_id, role, joined_at)
      select ${last} + x, ${user}, 'member', 0 from ${places}`);
  return { first: last + 1, count };
}

/** Adds events of the groups, in turn. */
async function addEvents(filling: Filling, { first, count }: Groups, events: number): Promise<void> {
  if (events === 0) return;
  const head = await takePositions(filling, events);
  const group = `(${first} + x % ${count})`;
  await filling.query(`insert into events (position, type, audience, subject_id, created_at)
    select ${head} + x, 'conversation.updated', 'c:' || ${group}, ${group}, ${Date.now()}
    from ${filling.numbers(events)}`);
}
