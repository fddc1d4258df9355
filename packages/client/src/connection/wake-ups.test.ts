import { expect, test } from "vitest";
import { createBench } from "./bench.testing.ts";
import { failure } from "./scripted-link.testing.ts";

async function online() {
  const bench = createBench();
  await bench.online();
  await bench.clock.advance(2_000);
  return bench;
}

test("there is one probe at a time, and none when something has just arrived", async () => {
  const bench = await online();
  bench.last().alive();
  bench.signal("shown");
  expect(bench.last().pings).toBe(0);
  await bench.clock.advance(1_000);
  bench.signal("shown");
  bench.signal("network_there");
  expect(bench.last().pings).toBe(1);
});

test("anything that arrives in time answers a probe", async () => {
  const bench = await online();
  bench.signal("shown");
  await bench.clock.advance(4_999);
  bench.last().stream().heartbeat("e:5");
  await bench.clock.advance(20_000);
  expect(bench.state()).toMatchObject({ state: "online" });
  expect(bench.told("probe")).toEqual([{ cause: "shown", ok: true, ms: 4_999 }]);
});

test("a call that is slow asks whether the connection is alive; one that is answered does not", async () => {
  const bench = await online();
  const call = { type: "query", path: "users.me", input: undefined } as const;
  void bench.connection.link()?.call(call);
  bench.last().call("users.me").answer({});
  const slow = bench.connection.link()?.call(call);
  await bench.clock.advance(9_999);
  expect(bench.last().pings).toBe(0);
  await bench.clock.advance(1);
  expect(bench.last().pings).toBe(1);
  await bench.clock.advance(5_000);
  await expect(slow).rejects.toMatchObject({ code: "NETWORK" });
  expect(bench.told("probe")).toEqual([{ cause: "slow_call", ok: false, ms: 5_000 }]);
});

test("after a sleep the connection is asked, not cut, although it was silent for long", async () => {
  const bench = await online();
  bench.clock.sleep(8 * 3_600_000);
  await bench.clock.advance(8_000);
  expect(bench.last().pings).toBe(1);
  expect(bench.state()).toMatchObject({ state: "online" });
  // What had arrived meanwhile is read.
  bench.last().stream().heartbeat("e:5");
  await bench.clock.advance(20_000);
  expect(bench.state()).toMatchObject({ state: "online" });
});

test("a connection that a sleep has killed is found out within 15 s of waking", async () => {
  const bench = await online();
  bench.clock.sleep(8 * 3_600_000);
  await bench.clock.advance(15_000);
  expect(bench.state()).toMatchObject({ state: "reconnecting" });
});

test("a device that sleeps during a probe asks again", async () => {
  const bench = await online();
  bench.signal("shown");
  await bench.clock.advance(1_000);
  bench.clock.sleep(60_000);
  await bench.clock.advance(4_000);
  expect(bench.last().pings).toBe(2);
  expect(bench.state()).toMatchObject({ state: "online" });
});

test("a clock that was set back is a wake-up, and silence is measured anew", async () => {
  const bench = await online();
  bench.clock.sleep(-3_600_000);
  await bench.clock.advance(10_000);
  expect(bench.last().pings).toBe(1);
  bench.last().alive();
  // Timers that were set before are late in the same sense: each asks again.
  await bench.stay(70_000);
  expect(bench.state()).toMatchObject({ state: "online" });
  bench.last().alive();
  await bench.clock.advance(59_999);
  expect(bench.state()).toMatchObject({ state: "online" });
  await bench.clock.advance(1);
  expect(bench.state()).toMatchObject({ state: "reconnecting" });
});

test("in a hidden page a timer counts as late only after a minute", async () => {
  const bench = await online();
  bench.signal("hidden");
  bench.clock.sleep(45_000);
  await bench.clock.advance(8_000);
  expect(bench.last().pings).toBe(0);
  bench.last().alive();
  bench.clock.sleep(70_000);
  await bench.clock.advance(10_000);
  expect(bench.last().pings).toBe(1);
});

test("being hidden changes nothing", async () => {
  const bench = await online();
  const before = bench.state();
  bench.signal("hidden");
  expect(bench.state()).toBe(before);
});

test("while the state is loaded afresh silence asks, as nothing is expected to arrive", async () => {
  const bench = createBench({ start: undefined });
  bench.connection.connect();
  await bench.settle();
  bench.last().open();
  await bench.settle();
  let finish = () => {};
  bench.feed.onOutcome(() => new Promise<void>((resolve) => (finish = resolve)));
  bench.last().call("bootstrap").answer(bench.snapshot("e:5"));
  for (let minute = 0; minute < 5; minute += 1) {
    await bench.clock.advance(60_000);
    expect(bench.last().pings).toBe(minute + 1);
    bench.last().alive();
  }
  expect(bench.state()).toMatchObject({ state: "connecting", phase: "catching_up" });
  finish();
  await bench.comeOnline();
  expect(bench.state()).toMatchObject({ state: "online" });
});

test("a system that says there is no network is not believed when the server answers", async () => {
  const bench = createBench();
  bench.connection.connect();
  await bench.settle();
  bench.signal("no_network");
  bench.last().refuse({ status: 503, error: failure("OVERLOADED", 503) });
  await bench.settle();
  expect(bench.state()).toMatchObject({ state: "connecting", phase: "waiting", attempt: 2 });
});

test("what an earlier attempt does later is ignored", async () => {
  const bench = createBench();
  bench.connection.connect();
  await bench.settle();
  const early = bench.last();
  await bench.clock.advance(10_000);
  const late = await bench.nextAttempt();
  await bench.comeOnline(late);
  const { length } = bench.log;
  early.open();
  await bench.settle();
  expect(early.closedBy).toBe(1000);
  expect(early.streams).toEqual([]);
  early.lose({ code: 4403 });
  early.refuse({ status: 403 });
  await bench.settle();
  expect(bench.log).toHaveLength(length);
  expect(bench.state()).toMatchObject({ state: "online" });
});

test("a listener may close the client at any change of state, and nothing follows", async () => {
  const bench = createBench();
  bench.connection.subscribe(() => {
    if (bench.state().state === "online") bench.connection.close();
  });
  await bench.online();
  await bench.clock.advance(300_000);
  expect(bench.state()).toEqual({ state: "closed", reason: "by_app" });
  expect(bench.last().closedBy).toBe(1000);
});
