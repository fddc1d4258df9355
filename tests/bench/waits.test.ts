import { expect, it } from "vitest";
import { gapsBetween, waitOf } from "../../bench/lib/waits.ts";

it("counts a long stop by its time, not as one gap among many", () => {
  // A second without a turn among 1,000 turns of a millisecond: half of all moments lie in it.
  const moments = [...Array.from({ length: 1001 }, (_, n) => n), 2000];
  const gaps = gapsBetween(moments);
  expect(gaps).toHaveLength(1001);
  // One in a hundred of the 2,000 ms waits longer than 980 of the 1,000 ms.
  expect(waitOf(gaps, 0.01)).toBeCloseTo(980, 0);
});

it("finds no wait where nothing was measured", () => {
  expect(waitOf(gapsBetween([5]), 0.01)).toBe(0);
});
