import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";

test("waits at most half a second at first, then twice as long each time, and never above 30 s", () => {
  const longest = [0, 1, 2, 3, 7, 50].map((failures) => backoffMs(failures, () => 1));
  expect(longest).toEqual([500, 500, 1000, 2000, 30_000, 30_000]);
});

test("spreads the wait over the whole span", () => {
  expect(backoffMs(3, () => 0)).toBe(0);
  expect(backoffMs(3, () => 0.5)).toBe(1000);
});
