import { setTimeout as pause } from "node:timers/promises";
import { check } from "../checker/check.ts";
import { readStored, type Stored } from "../checker/stored-messages.ts";
import type { Verdict } from "../checker/verdict.ts";
import type { Reader, ReaderOptions } from "../readers/reader.ts";
import { hasRestEvents, startRestReader } from "../readers/rest-reader.ts";
import { startSocketReader } from "../readers/socket-reader.ts";
import { startSseReader } from "../readers/sse-reader.ts";
import { startChatWriter } from "../writers/chat-writer.ts";
import { placesOf, type Writer, type WriterOptions } from "../writers/outbox.ts";
import { startRestWriter } from "../writers/rest-writer.ts";
import { startTrpcWriter } from "../writers/trpc-writer.ts";
import type { Stage } from "./stage.ts";
import type { World } from "./world.ts";

/** How much goes on. */
export interface Traffic {
  /** Writers over `/trpc`; two more use the chat socket, and one REST. */
  readonly writers: number;
  readonly inFlight?: number;
  readonly thinkMs?: number;
  /** Characters of a message. */
  readonly size?: number;
}

const catchUpMs = 30_000;

/** Readers of everybody, the stranger included: over sockets, and one each over SSE and REST. */
export async function startReaders(stage: Stage): Promise<Reader[]> {
  const { world, server } = stage;
  const readers: Reader[] = world.people.map((_, person) =>
    startSocketReader(readerOptions(stage, "socket", person)),
  );
  readers.push(startSseReader(readerOptions(stage, "sse", 1)));
  const { token, cursor } = world.people[2]!;
  if (await hasRestEvents(server.url, token, cursor)) {
    readers.push(startRestReader(readerOptions(stage, "rest", 2)));
  }
  return readers;
}

/** What a reader of this stage is made from. */
export function readerOptions(stage: Stage, kind: string, person: number): ReaderOptions {
  const { world, server, history, over } = stage;
  return { name: `${kind}-${person}`, person, actor: world.people[person]!, server, history, over };
}

/** Writers of all kinds, to all places. */
export function startWriters(stage: Stage, traffic: Traffic): Writer[] {
  const { people, places } = stage.world;
  const writers = Array.from({ length: traffic.writers }, (_, index) =>
    startTrpcWriter(writerOptions(stage, traffic, `t${index}`, index % people.length)),
  );
  const lobby = places.filter(({ kind }) => kind === "public");
  const pair = places.find(({ kind }) => kind === "direct")!;
  const [one, other] = pair.members;
  const last = writerOptions(stage, traffic, "lobby", people.length - 1);
  const first = writerOptions(stage, traffic, "pair", one!);
  writers.push(startChatWriter({ ...last, places: lobby, receiver: null }));
  writers.push(startChatWriter({ ...first, places: [pair], receiver: people[other!]!.id }));
  writers.push(startRestWriter(writerOptions(stage, traffic, "rest", 3)));
  return writers;
}

/** What a writer of this stage is made from; no other writer may have its name. */
export function writerOptions(
  { world, server, history, random, over }: Stage,
  { inFlight = 4, thinkMs = 5, size = 120 }: Partial<Traffic>,
  name: string,
  person: number,
): WriterOptions {
  const places = placesOf(person, world.places);
  const actor = world.people[person]!;
  return { name, places, random, history, size, server, actor, inFlight, thinkMs, over };
}

/** Ends the writing once all outcomes are known. */
export async function stopWriters(writers: readonly Writer[]): Promise<void> {
  await Promise.all(writers.map((writer) => writer.stop()));
}

/** Waits until `count` more sends are acknowledged. Returns after how many milliseconds. */
export async function acknowledgedMore(
  { history }: Stage,
  count: number,
  withinMs = 30_000,
): Promise<number> {
  const goal = history.acknowledged() + count;
  const began = performance.now();
  while (history.acknowledged() < goal) {
    if (performance.now() - began > withinMs) {
      throw new Error(`Not ${count} more sends were acknowledged within ${withinMs} ms.`);
    }
    await pause(5);
  }
  return Math.round(performance.now() - began);
}

/** Waits for the readers, and holds all that happened against what is stored. */
export async function judge(
  stage: Stage,
  readers: readonly Reader[],
  world: World = stage.world,
): Promise<Verdict> {
  const { server, history } = stage;
  const stored = await readStored(server.url, world);
  // Who does not make it is found by what it never saw.
  await caughtUp(readers, stored, world, catchUpMs);
  await Promise.all(readers.map((reader) => reader.stop()));
  return check({ entries: history.entries, stored, world, readers, exits: server.exits });
}

/** Waits until all have seen what is stored. Returns after how many milliseconds, or `withinMs`. */
export async function caughtUp(
  readers: readonly Reader[],
  stored: Stored,
  { places }: World,
  withinMs: number,
): Promise<number> {
  const began = performance.now();
  const isBehind = (reader: Reader) =>
    places.some(
      ({ id, members }) =>
        members.includes(reader.person) && reader.newest(id) < (stored.get(id)?.at(-1)?.seq ?? 0),
    );
  while (performance.now() - began < withinMs) {
    if (!readers.some(isBehind)) return Math.round(performance.now() - began);
    await pause(10);
  }
  return withinMs;
}
