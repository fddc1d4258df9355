import { expect, test } from "vitest";
import { retryWait } from "./retry-wait.ts";

test("spans double from 1 s up to 30 s, and come on top of what the server asked for", () => {
  const longest = [0, 1, 2, 4, 5, 50].map((failures) => retryWait(failures, () => 1));
  expect(longest).toEqual([1_000, 2_000, 4_000, 16_000, 30_000, 30_000]);
  expect(retryWait(3, () => 0)).toBe(0);
  expect(retryWait(1, () => 0.5, 7_000)).toBe(8_000);
});
