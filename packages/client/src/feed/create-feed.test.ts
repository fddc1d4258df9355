import { expect, test } from "vitest";
import { createBench, type Bench, type BenchOptions } from "../connection/bench.testing.ts";
import { eventOf, failure } from "../connection/scripted-link.testing.ts";
import type { ServerEvent } from "../types.ts";

async function open(options?: BenchOptions): Promise<Bench> {
  const bench = createBench(options);
  bench.connection.connect();
  await bench.settle();
  return bench;
}

async function lose(bench: Bench): Promise<void> {
  bench.last().lose({ code: 1006 });
  await bench.nextAttempt(60_000);
}

/** A promise and what settles it. */
function later() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve: () => resolve() };
}

test("resumed: the stream went on, and nothing had happened", async () => {
  const bench = await open();
  await bench.comeOnline();
  expect(bench.outcomes).toEqual([{ outcome: "resumed" }]);
  expect(bench.told("resume")).toEqual([{ outcome: "resumed", n: 0, reason: undefined }]);
});

test("caught_up counts what starts that were lost have handed over, and not what came while online", async () => {
  const bench = await open();
  await bench.comeOnline();
  bench.last().stream().item(eventOf(1), "e:11");
  await bench.settle();
  await lose(bench);
  await bench.catchUp();
  expect(bench.last().stream().cursor).toBe("e:11");
  bench.last().stream().item(eventOf(2), "e:12");
  bench.last().stream().item(eventOf(3), "e:13");
  await bench.settle();
  await lose(bench);
  await bench.catchUp();
  bench.last().stream().item(eventOf(4), "e:14");
  bench.last().stream().heartbeat("e:14");
  await bench.settle();
  expect(bench.outcomes).toEqual([{ outcome: "resumed" }, { outcome: "caught_up", n: 3 }]);
});

test("items are handled one after another, each handler in turn, and are awaited", async () => {
  const bench = await open();
  const steps: string[] = [];
  const first = later();
  bench.feed.onEvent(async (_, cursor) => {
    steps.push(`store ${cursor}`);
    if (cursor === "e:1") await first.promise;
  });
  bench.feed.onEvent((_, cursor) => void steps.push(`app ${cursor}`));
  await bench.catchUp();
  bench.last().stream().item(eventOf(1), "e:1");
  bench.last().stream().item(eventOf(2), "e:2");
  bench.last().stream().heartbeat("e:2");
  await bench.settle();
  expect(steps).toEqual(["store e:1"]);
  expect(bench.state()).toMatchObject({ phase: "catching_up" });
  first.resolve();
  await bench.settle();
  expect(steps).toEqual(["store e:1", "app e:1", "store e:2", "app e:2"]);
  expect(bench.state()).toMatchObject({ state: "online" });
});

test("a handler that fails is reported and counts as done", async () => {
  const bench = await open();
  const cause = new Error("The app's own.");
  const handled: string[] = [];
  bench.feed.onEvent((_, cursor) => {
    if (cursor === "e:1") throw cause;
    if (cursor === "e:2") return Promise.reject(cause);
  });
  bench.feed.onEvent((_, cursor) => void handled.push(cursor));
  await bench.catchUp();
  for (const number of [1, 2, 3]) bench.last().stream().item(eventOf(number), `e:${number}`);
  await bench.settle();
  expect(handled).toEqual(["e:1", "e:2", "e:3"]);
  const reported = { code: "HANDLER_FAILED", where: "event_handler", cause };
  expect(bench.told("error")).toEqual([reported, reported]);
  await lose(bench);
  bench.last().open();
  await bench.settle();
  expect(bench.last().stream().cursor).toBe("e:3");
});

test("what waits when the connection is lost comes again; what is being handled does not", async () => {
  const bench = await open();
  const slow = later();
  const handled: string[] = [];
  bench.feed.onEvent(async (_, cursor) => {
    handled.push(cursor);
    if (cursor === "e:1") await slow.promise;
  });
  await bench.catchUp();
  for (const number of [1, 2, 3]) bench.last().stream().item(eventOf(number), `e:${number}`);
  await bench.settle();
  await lose(bench);
  // The handler may itself wait for the connection: it comes while the handler runs.
  await bench.catchUp();
  expect(bench.last().stream().cursor).toBe("e:1");
  for (const number of [2, 3]) bench.last().stream().item(eventOf(number), `e:${number}`);
  bench.last().stream().heartbeat("e:3");
  await bench.settle();
  expect(handled).toEqual(["e:1"]);
  slow.resolve();
  await bench.settle();
  expect(handled).toEqual(["e:1", "e:2", "e:3"]);
  expect(bench.outcomes).toEqual([{ outcome: "caught_up", n: 3 }]);
});

test("heartbeats and events of unknown kinds move the cursor and reach no handler of events", async () => {
  const bench = await open();
  const handled: string[] = [];
  let beats = 0;
  bench.feed.onEvent((event) => void handled.push(event.type));
  bench.feed.onHeartbeat(() => (beats += 1));
  await bench.catchUp();
  const stranger = { type: "message.translated" } as unknown as ServerEvent;
  bench.last().stream().item(stranger, "e:5");
  bench.last().stream().heartbeat("e:6");
  await bench.settle();
  expect(handled).toEqual([]);
  expect(beats).toBe(1);
  expect(bench.outcomes).toEqual([{ outcome: "resumed" }]);
  expect(bench.told("event").map(({ cursor }) => cursor)).toEqual(["e:5", "e:6"]);
  await lose(bench);
  bench.last().open();
  await bench.settle();
  expect(bench.last().stream().cursor).toBe("e:6");
});

test("the first start of a client that knows no cursor is a reset", async () => {
  const bench = await open({ start: undefined });
  bench.last().open();
  await bench.settle();
  expect(bench.last().streams).toEqual([]);
  bench.last().call("bootstrap").answer(bench.snapshot("e:5"));
  await bench.settle();
  expect(bench.outcomes).toEqual([
    { outcome: "reset", reason: "no_cursor", snapshot: bench.snapshot("e:5") },
  ]);
  expect(bench.last().stream().cursor).toBe("e:5");
  bench.last().stream().started();
  bench.last().stream().heartbeat("e:6");
  await bench.settle();
  expect(bench.outcomes).toHaveLength(1);
  expect(bench.state()).toMatchObject({ state: "online" });
});

test("a cursor that was handed in for another user is not used", async () => {
  const bench = await open({ start: { cursor: "e:3", userId: 2 } });
  bench.last().open();
  await bench.settle();
  bench.last().call("bootstrap").answer(bench.snapshot("e:5"));
  await bench.settle();
  expect(bench.outcomes).toMatchObject([{ outcome: "reset", reason: "other_user" }]);
});

test("the same user goes on after the session has ended and a new sign-in", async () => {
  const bench = await open();
  await bench.comeOnline();
  bench.last().stream().item(eventOf(1), "e:11");
  await bench.settle();
  bench.session.lose("session_ended");
  bench.session.change({ type: "signed_in", userId: 1 });
  await bench.settle();
  bench.last().open();
  await bench.settle();
  expect(bench.last().stream().cursor).toBe("e:11");
});

test("a reset stops the stream, and its own cursor is not kept: until the snapshot is there the old one counts", async () => {
  const bench = await open();
  await bench.comeOnline();
  bench.last().stream().item(eventOf(1), "e:11");
  bench.last().stream().item({ type: "reset", reason: "epoch_changed" }, "f:2");
  await bench.settle();
  expect(bench.last().stream().isStopped).toBe(true);
  await lose(bench);
  bench.last().open();
  await bench.settle();
  expect(bench.last().stream().cursor).toBe("e:11");
});

test("events before a reset are handed over, those after it only after the reset was handled", async () => {
  const bench = await open();
  const steps: string[] = [];
  const loading = later();
  bench.feed.onEvent((_, cursor) => void steps.push(cursor));
  bench.feed.onOutcome(async ({ outcome }) => {
    steps.push(`${outcome} begins`);
    await loading.promise;
    steps.push(`${outcome} ends`);
  });
  await bench.catchUp();
  bench.last().stream().item(eventOf(1), "e:1");
  bench.last().stream().item({ type: "reset", reason: "too_old" }, "e:9");
  bench.last().stream().item(eventOf(2), "e:10");
  await bench.settle();
  bench.last().call("bootstrap").answer(bench.snapshot("e:12"));
  await bench.settle();
  expect(bench.last().streams).toHaveLength(1);
  // The connection is lost meanwhile: the next start goes on from the snapshot, and its events wait.
  await lose(bench);
  await bench.catchUp();
  expect(bench.last().stream().cursor).toBe("e:12");
  bench.last().stream().item(eventOf(13), "e:13");
  bench.last().stream().heartbeat("e:13");
  await bench.settle();
  expect(steps).toEqual(["e:1", "reset begins"]);
  loading.resolve();
  await bench.settle();
  expect(steps).toEqual(["e:1", "reset begins", "reset ends", "e:13"]);
  expect(bench.outcomes).toMatchObject([{ outcome: "reset" }]);
  expect(bench.state()).toMatchObject({ state: "online" });
});

test("a handler of a reset that fails is called again, in growing spans, until it succeeds; the others are not", async () => {
  const bench = await open({ start: undefined });
  let calls = 0;
  bench.feed.onOutcome(() => {
    calls += 1;
    if (calls < 4) throw new Error("Not yet.");
  });
  bench.last().open();
  await bench.settle();
  bench.last().call("bootstrap").answer(bench.snapshot("e:5"));
  // random is 0.5: 0.5 s, 1 s, 2 s.
  for (const [ms, expected] of [
    [0, 1],
    [499, 1],
    [1, 2],
    [1_000, 3],
    [1_999, 3],
    [1, 4],
  ] as const) {
    await bench.clock.advance(ms);
    expect(calls).toBe(expected);
  }
  expect(bench.outcomes).toHaveLength(1);
  expect(bench.told("error")).toHaveLength(3);
  expect(bench.last().stream().cursor).toBe("e:5");
});

test("handlers of the other outcomes that fail are reported only", async () => {
  const bench = await open();
  let calls = 0;
  bench.feed.onOutcome(() => {
    calls += 1;
    throw new Error("Never.");
  });
  await bench.comeOnline();
  await bench.clock.advance(30_000);
  expect(calls).toBe(1);
  expect(bench.state()).toMatchObject({ state: "online" });
});

test("a closed feed does not call a failing handler again", async () => {
  const bench = await open({ start: undefined });
  let calls = 0;
  bench.feed.onOutcome(() => {
    calls += 1;
    throw new Error("Never.");
  });
  bench.last().open();
  await bench.settle();
  bench.last().call("bootstrap").answer(bench.snapshot("e:5"));
  await bench.settle();
  bench.connection.close();
  bench.feed.close();
  await bench.clock.advance(300_000);
  expect(calls).toBe(1);
});

test("a snapshot that is refused in passing is asked for again; the connection is good", async () => {
  const bench = await open({ start: undefined });
  bench.last().open();
  await bench.settle();
  bench
    .last()
    .call("bootstrap")
    .refuse(failure("OVERLOADED", 503, 20_000));
  await bench.clock.advance(20_499);
  expect(bench.state()).toMatchObject({ state: "connecting", phase: "catching_up" });
  expect(bench.last().calls).toHaveLength(1);
  await bench.clock.advance(1);
  expect(bench.last().calls).toHaveLength(2);
  bench.last().call("bootstrap").answer(bench.snapshot("e:5"));
  await bench.comeOnline();
  expect(bench.state()).toMatchObject({ state: "online" });
});

test("UNAUTHORIZED for the snapshot is as 4401", async () => {
  const bench = await open({ start: undefined });
  bench.last().open();
  await bench.settle();
  bench.last().call("bootstrap").refuse(failure("UNAUTHORIZED", 401));
  await bench.nextAttempt();
  expect(bench.session.refused).toEqual(["token-1"]);
});

test("a cursor that the server refuses is forgotten: a reset with that reason", async () => {
  const bench = await open({ start: { cursor: "nonsense", userId: 1 } });
  bench.last().open();
  await bench.settle();
  bench.last().stream().end(failure("VALIDATION_FAILED", 422));
  await bench.settle();
  bench.last().call("bootstrap").answer(bench.snapshot("e:5"));
  await bench.comeOnline();
  expect(bench.outcomes).toMatchObject([{ outcome: "reset", reason: "cursor_refused" }]);
  expect(bench.state()).toMatchObject({ state: "online" });
});

test("a server that refuses the cursor of its own snapshot is not asked without a wait", async () => {
  const bench = await open({ start: undefined });
  bench.last().open();
  await bench.settle();
  bench.last().call("bootstrap").answer(bench.snapshot("e:5"));
  await bench.settle();
  bench.last().stream().end(failure("VALIDATION_FAILED", 422));
  await bench.settle();
  expect(bench.state()).toMatchObject({ phase: "waiting" });
});

test("at most 1,000 items wait: then the stream ends, and goes on from the cursor once they are handled", async () => {
  const bench = await open();
  const slow = later();
  const handled: number[] = [];
  bench.feed.onEvent(async (event) => {
    if (event.type !== "conversation.read") return;
    handled.push(event.last_read_seq);
    if (event.last_read_seq === 1) await slow.promise;
  });
  await bench.comeOnline();
  const stream = bench.last().stream();
  // One is being handled, 1,000 wait, and one is too many.
  for (let number = 1; number <= 1_002; number += 1) stream.item(eventOf(number), `e:${number}`);
  await bench.settle();
  expect(stream.isStopped).toBe(true);
  expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "catching_up" });
  slow.resolve();
  for (let turn = 0; turn < 300; turn += 1) await bench.settle();
  expect(handled).toHaveLength(1_001);
  expect(bench.last().stream()).not.toBe(stream);
  expect(bench.last().stream().cursor).toBe("e:1001");
  bench.last().stream().started();
  bench.last().stream().item(eventOf(1_002), "e:1002");
  bench.last().stream().heartbeat("e:1002");
  await bench.settle();
  expect(handled).toEqual(Array.from({ length: 1_002 }, (_, index) => index + 1));
  expect(bench.outcomes.at(-1)).toEqual({ outcome: "caught_up", n: 1_001 });
  expect(bench.state()).toMatchObject({ state: "online" });
  expect(bench.attempts).toHaveLength(1);
});

test("who stops listening is not called again", async () => {
  const bench = await open();
  const handled: string[] = [];
  const stop = bench.feed.onEvent((_, cursor) => {
    handled.push(cursor);
    stop();
  });
  await bench.catchUp();
  bench.last().stream().item(eventOf(1), "e:1");
  bench.last().stream().item(eventOf(2), "e:2");
  await bench.settle();
  expect(handled).toEqual(["e:1"]);
});
