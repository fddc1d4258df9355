import { expect, test } from "vitest";
import { createSleepyClock } from "../connection/bench.testing.ts";
import { createScope } from "./scope.ts";

test("when a scope ends, its timers are cancelled, what it owns is released, and nothing of it runs any more", async () => {
  const clock = createSleepyClock();
  const scope = createScope(clock);
  const done: string[] = [];
  scope.after(100, () => done.push("timer"));
  scope.own(() => done.push("released"));
  const disown = scope.own(() => done.push("taken back"));
  const work = scope.only((name: string) => done.push(name));
  work("while it lasts");
  disown();
  scope.end();
  work("afterwards");
  scope.after(1, () => done.push("timer set afterwards"));
  scope.own(() => done.push("released at once"));
  await clock.advance(1_000);
  expect(done).toEqual(["while it lasts", "released", "released at once"]);
});

test("a timer that another one cancels at the same moment does not run", async () => {
  const clock = createSleepyClock();
  const scope = createScope(clock);
  const done: string[] = [];
  scope.after(100, () => scope.end());
  scope.after(100, () => done.push("second"));
  await clock.advance(100);
  expect(done).toEqual([]);
});

test("a timer says when it was late, or when the clock was set back, before it works", async () => {
  const clock = createSleepyClock();
  const done: unknown[] = [];
  const scope = createScope(clock, { atMostMs: () => 10_000, onLate: () => done.push("woken") });
  for (const slept of [0, 10_000, 10_001, -500, -1_500]) {
    scope.after(50, (isLate) => done.push(isLate));
    clock.sleep(slept);
    await clock.advance(50);
  }
  expect(done).toEqual([false, false, "woken", true, false, "woken", true]);
});

test("what ends the scope when a timer is late keeps the timer's work from running", async () => {
  const clock = createSleepyClock();
  const done: string[] = [];
  const scope = createScope(clock, { atMostMs: () => 10_000, onLate: () => scope.end() });
  scope.after(50, () => done.push("worked"));
  clock.sleep(20_000);
  await clock.advance(50);
  expect(done).toEqual([]);
});
