import { expect, test } from "vitest";
import { createBackoff } from "./backoff.ts";
import { createSleepyClock, randomOf } from "./bench.testing.ts";
import { timings } from "./timings.ts";

function create(random: () => number = () => 0.5) {
  const clock = createSleepyClock();
  const backoff = createBackoff(clock, random, timings.spans);
  const start = clock.now();
  return { clock, backoff, since: (moment: number) => moment - start };
}

test("spans are 4, 8, then 15 s long, for ever", () => {
  const { backoff } = create();
  expect([0, 1, 2, 3, 50].map(backoff.spanOf)).toEqual([4_000, 8_000, 15_000, 15_000, 15_000]);
});

test("a span begins where the one before ends, or later when the attempt took longer", async () => {
  const { clock, backoff, since } = create(() => 0);
  expect(since(backoff.draw(4_000))).toBe(0);
  expect(since(backoff.draw(8_000))).toBe(4_000);
  expect(since(backoff.draw(15_000))).toBe(12_000);
  await clock.advance(40_000);
  expect(since(backoff.draw(15_000))).toBe(40_000);
});

test("moments are spread over the whole of a span", () => {
  const random = randomOf(1);
  const moments = Array.from({ length: 2_000 }, () => {
    const { backoff, since } = create(random);
    return since(backoff.draw(4_000));
  });
  for (let second = 0; second < 4; second += 1) {
    const within = moments.filter((moment) => Math.floor(moment / 1_000) === second).length;
    expect(within).toBeGreaterThan(400);
    expect(within).toBeLessThan(600);
  }
});

test("no span begins before a wait that the server asked for is over, also when it begins afresh", async () => {
  const { clock, backoff, since } = create(() => 0);
  backoff.hold(30_000);
  backoff.hold(10_000);
  expect(since(backoff.drawAfresh(500))).toBe(30_000);
  expect(since(backoff.draw(4_000))).toBe(30_500);
  await clock.advance(60_000);
  expect(since(backoff.drawAfresh(500))).toBe(60_000);
});

test("nobody waits for more than a day, whatever is asked", () => {
  const { backoff, since } = create(() => 0);
  backoff.hold(1e15);
  expect(since(backoff.draw(4_000))).toBe(86_400_000);
});

test("a clock that was set back does not make the wait longer", () => {
  const { clock, backoff, since } = create(() => 0);
  backoff.hold(60_000);
  backoff.draw(15_000);
  clock.sleep(-3_600_000);
  expect(since(backoff.draw(4_000))).toBe(-3_600_000);
});
