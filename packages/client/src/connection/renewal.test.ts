import { expect, test } from "vitest";
import { createBench, type Bench } from "./bench.testing.ts";
import { failure } from "./scripted-link.testing.ts";

const renewal = (token: string) => ({ type: "renewed", by: "this_client", token, expiresIn: 900 }) as const;

function renewals(bench: Bench): unknown[] {
  return bench.attempts.flatMap(({ calls }) =>
    calls.filter(({ request }) => request.path === "auth.renew").map(({ request }) => request.input),
  );
}

test("a new token goes over the live socket, which stays", async () => {
  const bench = createBench();
  await bench.online();
  bench.session.change(renewal("token-2"));
  expect(renewals(bench)).toEqual([{ token: "token-2" }]);
  bench.last().call("auth.renew").answer({ expires_in: 900 });
  await bench.settle();
  expect(bench.attempts).toHaveLength(1);
  expect(bench.state()).toMatchObject({ state: "online" });
  // What the server refuses from now on is the new one.
  bench.last().lose({ code: 4401 });
  await bench.nextAttempt();
  expect(bench.session.refused).toEqual(["token-2"]);
});

test("a token that came while the socket was opening is told once the stream has begun", async () => {
  const bench = createBench();
  bench.connection.connect();
  await bench.settle();
  bench.session.change(renewal("token-2"));
  expect(renewals(bench)).toEqual([]);
  await bench.catchUp();
  expect(renewals(bench)).toEqual([{ token: "token-2" }]);
});

test("tokens that come while one is being told: the newest follows", async () => {
  const bench = createBench();
  await bench.online();
  bench.session.change(renewal("token-2"));
  bench.session.change(renewal("token-3"));
  bench.session.change(renewal("token-4"));
  bench.last().call("auth.renew").answer({ expires_in: 900 });
  await bench.settle();
  expect(renewals(bench)).toEqual([{ token: "token-2" }, { token: "token-4" }]);
});

test("a renewal that is refused in passing is repeated", async () => {
  const bench = createBench();
  await bench.online();
  bench.session.change(renewal("token-2"));
  bench
    .last()
    .call("auth.renew")
    .refuse(failure("OVERLOADED", 503, 3_000));
  await bench.clock.advance(3_499);
  expect(renewals(bench)).toHaveLength(1);
  await bench.clock.advance(1);
  expect(renewals(bench)).toHaveLength(2);
});

test("a token of another session opens another socket", async () => {
  const bench = createBench();
  await bench.online();
  const socket = bench.last();
  bench.session.change(renewal("token-2"));
  socket.call("auth.renew").refuse(failure("VALIDATION_FAILED", 422));
  await bench.settle();
  expect(socket.closedBy).toBe(1000);
  expect(bench.attempts).toHaveLength(2);
});

test("over SSE a new token opens a new stream from the cursor, while the client stays online", async () => {
  const bench = createBench({ withoutWebSocket: true });
  await bench.online();
  const old = bench.last();
  old.stream().heartbeat("e:8");
  await bench.settle();
  bench.session.next = () => Promise.resolve("token-2");
  bench.session.change(renewal("token-2"));
  await bench.settle();
  const renewed = bench.last();
  expect(renewed.token).toBe("token-2");
  renewed.open();
  await bench.settle();
  expect(old.stream().isStopped).toBe(true);
  expect(renewed.stream().cursor).toBe("e:8");
  renewed.stream().started();
  renewed.stream().heartbeat("e:9");
  await bench.settle();
  expect(old.closedBy).toBe(1000);
  expect(bench.state()).toEqual({ state: "online", transport: "sse" });
  expect(bench.told("state").map(({ state }) => state)).not.toContain("reconnecting");
  expect(bench.told("transport")).toEqual([]);
});

test("somebody else who signs in, in another tab perhaps, gets a connection of their own", async () => {
  const bench = createBench();
  await bench.online();
  const first = bench.last();
  bench.session.userId = 2;
  bench.session.change({ type: "signed_in", userId: 2 });
  await bench.settle();
  expect(first.closedBy).toBe(1000);
  bench.last().open();
  await bench.settle();
  // The cursor was another user's.
  bench.last().call("bootstrap").answer(bench.snapshot("e:40", 2));
  await bench.settle();
  expect(bench.outcomes.at(-1)).toMatchObject({ outcome: "reset", reason: "other_user" });
});
