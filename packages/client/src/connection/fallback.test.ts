import { expect, test } from "vitest";
import { createBench, type Bench } from "./bench.testing.ts";
import { eventOf, failure, type ScriptedAttempt } from "./scripted-link.testing.ts";

const overSse = { state: "online", transport: "sse" } as const;
const overWebSocket = { state: "online", transport: "websocket" } as const;

/** No WebSocket gets through: two attempts are in vain, and the second goes on over SSE. */
async function blocked(bench: Bench = createBench()): Promise<Bench> {
  bench.connection.connect();
  await bench.settle();
  bench.last().refuse({});
  await bench.nextAttempt();
  bench.last().refuse({});
  await bench.settle();
  expect(bench.last().transport).toBe("sse");
  return bench;
}

async function onSse(): Promise<Bench> {
  const bench = await blocked();
  await bench.comeOnline();
  expect(bench.state()).toEqual(overSse);
  return bench;
}

/** Up to the moment at which WebSocket is tried again. `random` is 0.5: after 5 min. */
async function upgrading(bench: Bench): Promise<{ sse: ScriptedAttempt; socket: ScriptedAttempt }> {
  const sse = bench.last();
  for (let left = 300_000; left > 0 && bench.last() === sse; left -= 20_000) {
    sse.alive();
    await bench.clock.advance(20_000);
  }
  const socket = bench.last();
  expect(socket.transport).toBe("websocket");
  return { sse, socket };
}

/** Up to the moment at which the stream has moved to the socket, and said nothing there yet. */
async function upgraded(bench: Bench): Promise<{ sse: ScriptedAttempt; socket: ScriptedAttempt }> {
  const attempts = await upgrading(bench);
  attempts.socket.open();
  await bench.settle();
  attempts.socket.alive();
  attempts.socket.stream().started();
  return attempts;
}

test("after two WebSocket attempts that show nothing, the second goes on over SSE without a wait", async () => {
  const bench = await blocked();
  const [first, second, third] = bench.attempts;
  expect([first, second, third].map((attempt) => attempt?.transport)).toEqual([
    "websocket",
    "websocket",
    "sse",
  ]);
  expect(third?.at).toBe(second?.at);
  expect(bench.state()).toMatchObject({ state: "connecting", phase: "opening" });
  await bench.comeOnline();
  expect(bench.state()).toEqual(overSse);
  expect(bench.told("transport")).toEqual([{ from: "websocket", to: "sse" }]);
  expect(bench.connection.link()?.transport).toBe("sse");
});

test("an attempt that was answered with a status or a code of the server is not suspect", async () => {
  const bench = createBench();
  bench.connection.connect();
  await bench.settle();
  for (const refusal of [{}, { status: 502 }, {}, { code: 1013 }]) {
    bench.last().refuse(refusal);
    await bench.nextAttempt(60_000);
    expect(bench.last().transport).toBe("websocket");
  }
});

test("an SSE attempt that fails has failed as a whole: the next tries both, WebSocket first", async () => {
  const bench = await blocked();
  bench.last().refuse({});
  await bench.settle();
  expect(bench.state()).toMatchObject({ phase: "waiting", attempt: 2 });
  const next = await bench.nextAttempt();
  expect(next.transport).toBe("websocket");
  next.refuse({});
  await bench.settle();
  expect(bench.last().transport).toBe("sse");
  expect(bench.last().at).toBe(next.at);
});

test("the status that the SSE request shows decides, where WebSocket showed none", async () => {
  const bench = await blocked();
  bench.last().open();
  await bench.settle();
  bench.last().lose({ status: 403, error: failure("FORBIDDEN", 403) });
  expect(bench.state()).toEqual({ state: "closed", reason: "forbidden" });
});

test("connections that were open and were lost at once make the next attempt, after its wait, one over SSE", async () => {
  const bench = createBench();
  await bench.online();
  for (const transport of ["websocket", "sse"]) {
    await bench.clock.advance(5_000);
    bench.last().lose({ code: 1006 });
    expect(bench.state()).toMatchObject({ phase: "waiting" });
    await bench.nextAttempt();
    expect(bench.last().transport).toBe(transport);
    await bench.comeOnline();
  }
});

test("where SSE has worked last, it is tried first after a loss; WebSocket is when it fails", async () => {
  const bench = await onSse();
  await bench.clock.advance(30_000);
  bench.last().lose({ code: 1006 });
  expect((await bench.nextAttempt()).transport).toBe("sse");
  bench.last().refuse({});
  await bench.settle();
  expect((await bench.nextAttempt()).transport).toBe("websocket");
});

test("a client without WebSocket uses SSE from the beginning, and never tries anything else", async () => {
  const bench = createBench({ withoutWebSocket: true });
  await bench.online();
  expect(bench.state()).toEqual(overSse);
  bench.signal("network_there");
  for (let minute = 0; minute < 120; minute += 1) {
    bench.last().alive();
    await bench.clock.advance(30_000);
  }
  expect(bench.attempts.map((attempt) => attempt.transport)).toEqual(["sse"]);
  expect(bench.told("transport")).toEqual([]);
});

test("back on WebSocket after a while: the stream moves when a PING is answered, and delivers nothing twice", async () => {
  const bench = await onSse();
  const handled: string[] = [];
  bench.feed.onEvent((_, cursor) => void handled.push(cursor));
  const { sse, socket } = await upgrading(bench);
  sse.stream().item(eventOf(1), "e:11");
  socket.open();
  await bench.settle();
  expect(socket.pings).toBe(1);
  expect(sse.stream().isStopped).toBe(false);
  expect(socket.streams).toEqual([]);
  socket.alive();
  // Never two streams at once.
  expect(sse.stream().isStopped).toBe(true);
  expect(socket.stream().cursor).toBe("e:11");
  socket.stream().started();
  socket.stream().item(eventOf(2), "e:12");
  await bench.settle();
  expect(bench.state()).toEqual(overSse);
  expect(bench.connection.link()?.transport).toBe("sse");
  socket.stream().heartbeat("e:12");
  await bench.settle();
  expect(bench.state()).toEqual(overWebSocket);
  expect(bench.connection.link()?.transport).toBe("websocket");
  expect(sse.closedBy).toBe(1000);
  expect(handled).toEqual(["e:11", "e:12"]);
  expect(bench.outcomes.at(-1)).toEqual({ outcome: "caught_up", n: 1 });
  expect(bench.told("transport").at(-1)).toEqual({ from: "sse", to: "websocket" });
  expect(bench.told("state").filter(({ state }) => state === "reconnecting")).toEqual([]);
});

test("streams that are opened anew for each token do not put off the way back to WebSocket", async () => {
  const bench = await onSse();
  for (let minute = 0; minute < 5; minute += 1) {
    bench.last().alive();
    await bench.clock.advance(30_000);
    bench.last().alive();
    await bench.clock.advance(29_000);
    const token = `new token ${minute}`;
    bench.session.next = () => Promise.resolve(token);
    bench.session.change({ type: "renewed", by: "this_client", token, expiresIn: 90 });
    await bench.settle();
    bench.last().open();
    await bench.settle();
    bench.last().stream().started();
    bench.last().stream().heartbeat(`e:${minute}`);
    await bench.settle();
    expect(bench.last().transport).toBe("sse");
  }
  await bench.clock.advance(6_000);
  expect(bench.last().transport).toBe("websocket");
});

test("a socket that does not answer leaves the stream alone, and is tried again after twice the time", async () => {
  const bench = await onSse();
  const { sse, socket } = await upgrading(bench);
  socket.open();
  await bench.clock.advance(10_000);
  expect(socket.closedBy).toBe(1000);
  expect(sse.stream().isStopped).toBe(false);
  expect(bench.state()).toEqual(overSse);
  const count = bench.attempts.length;
  for (let left = 590_000; left > 0; left -= 10_000) {
    sse.alive();
    await bench.clock.advance(10_000);
  }
  expect(bench.attempts).toHaveLength(count);
  sse.alive();
  await bench.clock.advance(10_000);
  expect(bench.attempts).toHaveLength(count + 1);
});

test("a socket that fails before its first heartbeat gives the stream back, from the last event handled", async () => {
  const bench = await onSse();
  const { sse, socket } = await upgraded(bench);
  socket.stream().item(eventOf(1), "e:21");
  await bench.settle();
  socket.lose({ code: 1006 });
  await bench.settle();
  expect(sse.streams).toHaveLength(2);
  expect(sse.stream().cursor).toBe("e:21");
  sse.stream().started();
  sse.stream().heartbeat("e:22");
  await bench.settle();
  expect(bench.state()).toEqual(overSse);
  expect(bench.outcomes.at(-1)).toEqual({ outcome: "caught_up", n: 1 });
});

test("a reset on the new socket is handled there", async () => {
  const bench = await onSse();
  const { sse, socket } = await upgraded(bench);
  socket.stream().item({ type: "reset", reason: "too_old" }, "e:30");
  await bench.settle();
  expect(sse.closedBy).toBe(1000);
  expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "catching_up" });
  socket.call("bootstrap").answer(bench.snapshot("e:31"));
  await bench.settle();
  socket.stream().started();
  socket.stream().heartbeat("e:32");
  await bench.settle();
  expect(bench.state()).toEqual(overWebSocket);
});

test("WebSocket is tried at once when there is a network again", async () => {
  const bench = await onSse();
  bench.signal("network_there");
  await bench.settle();
  expect(bench.last().transport).toBe("websocket");
  bench.signal("network_there");
  await bench.settle();
  expect(bench.attempts).toHaveLength(4);
});

test("a wake-up reopens a stream over SSE that was silent for more than 35 s, and no other", async () => {
  const bench = await onSse();
  await bench.clock.advance(35_000);
  bench.signal("shown");
  expect(bench.state()).toEqual(overSse);
  await bench.clock.advance(1);
  const before = bench.last();
  bench.signal("shown");
  await bench.settle();
  expect(before.closedBy).toBe(1000);
  expect(bench.attempts).toHaveLength(4);
  expect(bench.last().transport).toBe("sse");
  expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "opening" });
});

test("the loss of the stream while a socket is tried ends both", async () => {
  const bench = await onSse();
  const { sse, socket } = await upgrading(bench);
  socket.open();
  await bench.settle();
  sse.lose({ code: 1006 });
  await bench.settle();
  expect(socket.closedBy).toBe(1000);
  expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "waiting" });
});
