import { performance } from "node:perf_hooks";
import type { EventsPage } from "@causerie/shared";
import { readVisibleLog } from "../../packages/server/src/log/visible-log.ts";
import type { Frame } from "../../tests/support/frames.ts";
import { createPerson, type Person } from "../../tests/support/people.ts";
import { openTrpcFrames } from "../../tests/support/raw-trpc-socket.ts";
import { startServerProcess, type ServerProcess } from "../../tests/support/server-process.ts";
import { median, ms, timed } from "./median.ts";
import { personAt } from "./person-at.ts";
import type { FilledStorage } from "./storages.ts";

const foreign = 1_000_000;
const joined = 2_000;
const own = 100_000;
const rounds = 41;

interface Place {
  readonly person: Person;
  readonly cursor: string;
}

/** Measures what it costs to go on from a cursor behind which a million events of others lie. */
export async function measureResume(
  engine: string,
  createStorage: () => Promise<FilledStorage>,
): Promise<void> {
  await using storage = await createStorage();
  const people: Place[] = [];
  {
    await using server = await startServerProcess({}, { storage });
    const names = ["Alone", "Joined", "News", "Busy"];
    const made: Person[] = [];
    for (const name of names) made.push(await createPerson(server.url, name));
    for (const person of made) people.push({ person, cursor: await headOf(person) });
  }
  const [alone, quiet, news, busy] = people as [Place, Place, Place, Place];
  await fill(storage, { quiet: quiet.person.id, news: news.person.id, busy: busy.person.id });

  await using server = await startServerProcess({}, { storage });
  const report = (text: string) => process.stdout.write(`${engine}: ${text}\n`);
  for (const [what, place] of [
    ["an idle user in no conversation", alone],
    [`an idle user in ${joined} conversations`, quiet],
    [`a user with news in 3 of ${joined} conversations`, news],
  ] as const) {
    const query = await timeQuery(storage, place);
    const { subscribed, connected } = await timeSocket(server, place);
    report(
      `${what}: query ${ms(query)}, to the first heartbeat ${ms(subscribed)}, with the handshake ${ms(connected)}`,
    );
  }
  const pages = await walk({ ...busy, person: personAt(server.url, busy.person) });
  const tenth = Math.floor(pages.length / 10);
  const [first, last] = [median(pages.slice(0, tenth)), median(pages.slice(-tenth))];
  const total = pages.reduce((sum, page) => sum + page, 0);
  report(
    `${own} events of one's own in ${pages.length} pages: ${(total / 1000).toFixed(1)} s, a page ${ms(median(pages))}, ` +
      `the last tenth ${(last / first).toFixed(2)}x the first`,
  );
}

/** The log: others' events, then the news of one user, then what the busy one missed. */
async function fill(
  { query, numbers, settle }: FilledStorage,
  { quiet, news, busy }: { quiet: number; news: number; busy: number },
): Promise<void> {
  const [{ position: head } = { position: 0 }] = (await query("select position from log_head")) as {
    position: number;
  }[];
  const conversation = (start: number, count: number) =>
    query(`insert into conversations (id, kind, name, created_at) select ${start} + x, 'group', 'G', 0
      from ${numbers(count)}`);
  const join = (user: number, start: number, count: number) =>
    query(`insert into members (conversation_id, user_id, role, joined_at) select ${start} + x, ${user}, 'member', 0
      from ${numbers(count)}`);
  const events = (after: number, count: number, audience: string, subject: string) =>
    query(`insert into events (position, type, audience, subject_id, created_at)
      select ${after} + x, 'conversation.updated', ${audience}, ${subject}, ${Date.now()} from ${numbers(count)}`);

  await conversation(1_000_000, joined);
  await conversation(2_000_000, joined);
  await conversation(3_000_000, 10);
  await join(quiet, 1_000_000, joined);
  await join(news, 2_000_000, joined);
  await join(busy, 3_000_000, 10);
  await events(head, foreign, "'c:' || (9000000 + x % 5000)", "9000000 + x % 5000");
  await events(head + foreign, 60, "'c:' || (2000001 + x % 3)", "2000001 + x % 3");
  await events(head + foreign + 60, own, "'c:' || (3000001 + x % 10)", "3000001 + x % 10");
  await query(`update log_head set position = ${head + foreign + 60 + own}`);
  await settle();
}

async function headOf(person: Person): Promise<string> {
  return ((await (await person.call("GET", "/events")).json()) as EventsPage).cursor;
}

async function timeQuery(storage: FilledStorage, { person, cursor }: Place): Promise<number> {
  const database = await storage.open();
  const position = Number(cursor.split(":")[1]);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1)
    times.push(await timed(() => database.snapshot((db) => readVisibleLog(db, person.id, position, 101))));
  await database.close();
  return median(times);
}

/** From the subscription to the heartbeat that says that all was told, and the same from the handshake on. */
async function timeSocket(server: ServerProcess, { person, cursor }: Place) {
  const subscribed: number[] = [];
  const connected: number[] = [];
  const isHeartbeat = (frame: Frame) => JSON.stringify(frame).includes('"type":"heartbeat"');
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    const socket = await openTrpcFrames(server, person.token);
    const opened = performance.now();
    const input = { lastEventId: cursor };
    socket.send({ id: 1, method: "subscription", params: { path: "events.stream", input } });
    await socket.next(isHeartbeat, 30_000);
    connected.push(performance.now() - started);
    subscribed.push(performance.now() - opened);
    socket.close();
    await socket.closed();
  }
  return { subscribed: median(subscribed), connected: median(connected) };
}

/** Reads on to the end of the log; how long each page took. */
async function walk({ person, cursor }: Place): Promise<number[]> {
  const times: number[] = [];
  let next = cursor;
  let more = true;
  let told = 0;
  while (more) {
    const started = performance.now();
    const answer = await person.call("GET", `/events?limit=100&cursor=${encodeURIComponent(next)}`);
    const page = (await answer.json()) as EventsPage;
    times.push(performance.now() - started);
    told += page.events.length;
    ({ cursor: next, has_more: more } = page);
  }
  if (told !== own) throw new Error(`${told} events came of ${own}.`);
  return times;
}
