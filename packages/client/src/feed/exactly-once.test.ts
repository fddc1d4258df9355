import process from "node:process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createBench, randomOf } from "../connection/bench.testing.ts";
import type { Signal } from "../platform/platform.ts";
import { eventOf, failure, snapshotOf, type ScriptedStream } from "../connection/scripted-link.testing.ts";

/** FEED_SEED runs the same histories again; FEED_RUNS is how many are drawn for each test. */
const seed = Number(process.env["FEED_SEED"] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env["FEED_RUNS"] ?? 300);

/** What may happen, in any order and number. */
type Step =
  | { readonly type: "append"; readonly count: number }
  /** The server sends the next frames of the stream. */
  | { readonly type: "send"; readonly count: number }
  | { readonly type: "cut"; readonly code: number }
  | { readonly type: "end"; readonly code: "INTERNAL_SERVER_ERROR" | "RATE_LIMITED" | "UNAUTHORIZED" }
  | { readonly type: "pass"; readonly ms: number }
  /** The next handler takes so long, and may fail. */
  | { readonly type: "slow"; readonly ms: number; readonly fails: boolean }
  /** Old events are no longer kept. */
  | { readonly type: "prune" }
  /** Another database: what was known of the old one is void. */
  | { readonly type: "restore" }
  /** Whether the network lets WebSockets through. */
  | { readonly type: "block"; readonly isBlocked: boolean }
  | { readonly type: "signal"; readonly signal: Signal };

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("append"), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 8, arbitrary: fc.record({ type: fc.constant("send"), count: fc.integer({ min: 1, max: 5 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant("cut"), code: fc.constantFrom(1001, 1012, 4508) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("end"),
      code: fc.constantFrom("INTERNAL_SERVER_ERROR", "RATE_LIMITED", "UNAUTHORIZED"),
    }),
  },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("pass"), ms: fc.integer({ min: 0, max: 20_000 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("slow"),
      ms: fc.integer({ min: 1, max: 15_000 }),
      fails: fc.boolean(),
    }),
  },
);
const losses = fc.constantFrom<Step>({ type: "prune" }, { type: "restore" });
const networks = fc.oneof(
  fc.constant({ type: "cut", code: 1006 }),
  // Long enough that WebSocket is tried again from SSE.
  fc.record({ type: fc.constant("pass"), ms: fc.integer({ min: 60_000, max: 120_000 }) }),
  fc.record({ type: fc.constant("block"), isBlocked: fc.boolean() }),
  fc.record({
    type: fc.constant("signal"),
    signal: fc.constantFrom("network_there", "no_network", "shown", "hidden", "frozen", "resumed"),
  }),
) as fc.Arbitrary<Step>;

/** A server that does what `docs/protocol/realtime.md` says of the stream, a frame at a time. */
function createScriptedServer() {
  let epoch = 1;
  let head = 0;
  /** The last event that is no longer kept. */
  let pruned = 0;
  const places = new Map<ScriptedStream, { at: number; isStarted: boolean; isQuiet: boolean }>();
  const cursorOf = (at: number) => `${epoch}:${at}`;

  /** The next frame of a stream; false when there is nothing to send. */
  function send(stream: ScriptedStream): boolean {
    if (stream.isStopped) return false;
    const [itsEpoch, at = head] = (stream.cursor ?? cursorOf(head)).split(":").map(Number);
    let place = places.get(stream);
    if (!place) {
      place = { at, isStarted: false, isQuiet: false };
      places.set(stream, place);
    }
    if (!place.isStarted) {
      place.isStarted = true;
      stream.started();
    } else if (itsEpoch !== epoch) {
      stream.item({ type: "reset", reason: "epoch_changed" }, cursorOf(head));
    } else if (place.at > head) {
      stream.item({ type: "reset", reason: "position_unknown" }, cursorOf(head));
    } else if (place.at < pruned) {
      stream.item({ type: "reset", reason: "too_old" }, cursorOf(head));
    } else if (place.at < head) {
      place.at += 1;
      stream.item(eventOf(place.at), cursorOf(place.at));
      place.isQuiet = false;
    } else if (!place.isQuiet) {
      place.isQuiet = true;
      stream.heartbeat(cursorOf(head));
    } else return false;
    return true;
  }

  return {
    send,
    append: (count: number) => (head += count),
    prune: () => (pruned = head),
    /** The other database begins with an event, so that places of both can be told apart. */
    restore() {
      epoch += 1;
      pruned = head;
    },
    head: () => head,
    snapshot: () => snapshotOf(cursorOf(head)),
  };
}

/** What has happened in any history: a property of what never happens would say nothing. */
const moves = new Set<string>();

interface PlayOptions {
  readonly random: () => number;
  /** Whether each event is told apart as live or caught up: while the stream moves beside the old one, it cannot be. */
  readonly addsUp: boolean;
}

async function play(script: readonly Step[], { random, addsUp }: PlayOptions): Promise<void> {
  const server = createScriptedServer();
  server.append(2);
  const bench = createBench({ random, start: undefined });
  const handled: number[] = [];
  /** Up to here a snapshot has told. */
  let covered = 0;
  let sinceOnline = 0;
  let live = 0;
  let counted = 0;
  let slow: { ms: number; fails: boolean } | undefined;

  bench.feed.onEvent(async (event) => {
    if (event.type !== "conversation.read") throw new Error(`A strange event: ${event.type}.`);
    const number = event.last_read_seq;
    // Without gaps, in order, and nothing that a snapshot has told already.
    expect(number).toBe(Math.max(covered, handled.at(-1) ?? 0) + 1);
    handled.push(number);
    if (bench.state().state === "online") live += 1;
    else sinceOnline += 1;
    const now = slow;
    slow = undefined;
    if (!now) return;
    await new Promise<void>((resolve) => void bench.clock.after(now.ms, resolve));
    if (now.fails) throw new Error("The app's own.");
  });
  /** What no number tells of: it came before a reset, or in the start that belongs to one. */
  let uncounted = 0;
  function forgetCount(): void {
    uncounted += sinceOnline;
    sinceOnline = 0;
  }
  bench.connection.subscribe(() => {
    if (bench.state().state === "online") forgetCount();
  });
  bench.feed.onOutcome((outcome) => {
    if (outcome.outcome === "reset") {
      covered = Number(outcome.snapshot.cursor.split(":")[1]);
      forgetCount();
    } else {
      if (addsUp) expect(outcome.outcome === "caught_up" ? outcome.n : 0).toBe(sinceOnline);
      counted += sinceOnline;
      sinceOnline = 0;
    }
  });

  /** What any server and any network would do by themselves. */
  let isBlocked = false;
  let answered = 0;
  async function serve(): Promise<void> {
    await bench.settle();
    for (; answered < bench.attempts.length; answered += 1) {
      const attempt = bench.attempts[answered]!;
      if (isBlocked && attempt.transport === "websocket") attempt.refuse({});
      else attempt.open();
      await bench.settle();
    }
    for (const { calls, pings, alive } of bench.attempts) {
      if (pings > 0) alive();
      for (const call of calls.splice(0)) {
        call.answer(call.request.path === "bootstrap" ? server.snapshot() : {});
      }
    }
    await bench.settle();
  }

  function stream(): ScriptedStream | undefined {
    const running = bench.attempts.flatMap(({ streams }) => streams.filter(({ isStopped }) => !isStopped));
    if (running.length > 1) throw new Error("Two streams deliver at once.");
    return running[0];
  }
  async function send(count: number): Promise<boolean> {
    for (let frame = 0; frame < count; frame += 1) {
      await serve();
      const current = stream();
      if (!current || !server.send(current)) return false;
    }
    return true;
  }

  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 500) {
      await bench.clock.advance(Math.min(500, left));
      await serve();
    }
  }

  bench.connection.connect();
  for (const step of script) {
    if (step.type === "append") server.append(step.count);
    if (step.type === "send") await send(step.count);
    if (step.type === "cut") for (const attempt of bench.attempts) attempt.lose({ code: step.code });
    if (step.type === "block") isBlocked = step.isBlocked;
    if (step.type === "signal") bench.signal(step.signal);
    if (step.type === "end") stream()?.end(failure(step.code, step.code === "UNAUTHORIZED" ? 401 : 500));
    if (step.type === "pass") await pass(step.ms);
    if (step.type === "slow") slow = step;
    if (step.type === "prune") server.prune();
    if (step.type === "restore") server.restore();
  }
  // In the end the network holds, and all is told.
  if (!addsUp) for (const signal of ["resumed", "shown", "network_there"] as const) bench.signal(signal);
  for (let round = 0; round < 200; round += 1) {
    while (await send(1));
    const isDone = Math.max(covered, handled.at(-1) ?? 0) === server.head();
    if (isDone && bench.state().state === "online") break;
    // Two refusals in a row have ended the session.
    if (bench.state().state === "auth_lost") bench.session.change({ type: "signed_in", userId: 1 });
    await pass(1_000);
  }

  expect(bench.state()).toMatchObject({ state: "online" });
  expect(Math.max(covered, handled.at(-1) ?? 0)).toBe(server.head());
  expect(new Set(handled).size).toBe(handled.length);
  if (addsUp) expect(live + counted + uncounted).toBe(handled.length);
  const failures = bench.told("error").filter(({ cause }) => (cause as Error).message !== "The app's own.");
  expect(failures).toEqual([]);
  for (const { from, to } of bench.told("transport")) moves.add(`${from} to ${to}`);
  for (const { outcome } of bench.outcomes) moves.add(outcome);
  bench.connection.close();
}

function check(step: fc.Arbitrary<Step>, addsUp: boolean) {
  process.stdout.write(`FEED_SEED=${seed}\n`);
  const script = fc.array(step, { minLength: 5, maxLength: 60 });
  const property = fc.asyncProperty(script, fc.integer(), (history, drawn) =>
    play(history, { random: randomOf(drawn), addsUp }),
  );
  return fc.assert(property, { seed, numRuns });
}

test("wherever the connection is cut, each event is handled once and in order, and the outcomes add up", async () => {
  await check(steps, true);
}, 120_000);

test("so it is when events are no longer kept, or the database is another: what a reset covers is not handled again", async () => {
  const any = fc.oneof({ weight: 9, arbitrary: steps }, { weight: 1, arbitrary: losses });
  await check(any, true);
}, 120_000);

test("so it is when the stream moves to SSE and back, devices sleep and networks come and go", async () => {
  const any = fc.oneof({ weight: 4, arbitrary: steps }, { weight: 1, arbitrary: networks });
  await check(any, false);
  expect(moves).toEqual(new Set(["resumed", "caught_up", "reset", "websocket to sse", "sse to websocket"]));
}, 120_000);
