import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "./clock.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const day = 86_400_000;

test("a wait longer than a timer of Node's takes is waited out", () => {
  let ran = 0;
  systemClock.after(60 * day, () => (ran += 1));
  vi.advanceTimersByTime(59 * day);
  expect(ran).toBe(0);
  vi.advanceTimersByTime(day);
  expect(ran).toBe(1);
});

test("a long wait can be cancelled at any time", () => {
  let ran = 0;
  const cancel = systemClock.after(60 * day, () => (ran += 1));
  vi.advanceTimersByTime(40 * day);
  cancel();
  vi.advanceTimersByTime(40 * day);
  expect(ran).toBe(0);
});
