import { expect, test } from "vitest";
import { createVirtualClock } from "./virtual-clock.ts";

const settle = async () => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};
const clockAt = (start: number) => createVirtualClock({ start, settle });

test("timers run in the order they are due, at their time, whatever the order they were set in", async () => {
  const clock = clockAt(1_000);
  const ran: [string, number][] = [];
  const note = (name: string) => () => ran.push([name, clock.now()]);
  clock.after(20, note("late"));
  clock.after(10, note("early"));
  clock.after(10, note("early, set later"));
  await clock.advance(30);
  expect(ran).toEqual([
    ["early", 1_010],
    ["early, set later", 1_010],
    ["late", 1_020],
  ]);
  expect(clock.now()).toBe(1_030);
});

test("what a timer starts settles before the next one, and may set timers that are due in the same span", async () => {
  const clock = clockAt(0);
  const ran: string[] = [];
  clock.after(10, () => {
    void Promise.resolve().then(() => {
      ran.push("settled");
      clock.after(5, () => ran.push(`nested at ${clock.now()}`));
    });
  });
  clock.after(20, () => ran.push("second"));
  await clock.advance(20);
  expect(ran).toEqual(["settled", "nested at 15", "second"]);
});

test("a timer that was cancelled, also by one due with it, does not run", async () => {
  const clock = clockAt(0);
  let ran = 0;
  const cancel: (() => void)[] = [];
  clock.after(10, () => cancel.forEach((stop) => stop()));
  cancel.push(clock.after(10, () => (ran += 1)));
  clock.after(5, () => (ran += 1))();
  await clock.advance(100);
  expect(ran).toBe(0);
});

test("a skip lands at its end at once and runs what came due, each once", () => {
  const clock = clockAt(0);
  const ran: number[] = [];
  const everySecond = () => {
    ran.push(clock.now());
    clock.after(1_000, everySecond);
  };
  clock.after(1_000, everySecond);
  clock.skip(86_400_000);
  expect(ran).toEqual([86_400_000]);
});

test("time is told in whole milliseconds, however long a timer was", async () => {
  const clock = clockAt(0);
  const ran: number[] = [];
  clock.after(10.25, () => ran.push(clock.now()));
  await clock.advance(20);
  expect(ran).toEqual([11]);
});
