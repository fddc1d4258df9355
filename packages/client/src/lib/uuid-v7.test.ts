import { expect, test } from "vitest";
import { uuidV7 } from "./uuid-v7.ts";

test("a key holds the time, the version and the variant where RFC 9562 puts them", () => {
  // The example of the RFC's appendix: 2022-02-22 19:22:22 UTC.
  expect(uuidV7(0x017f22e279b0, () => 0)).toBe("017f22e2-79b0-7000-8000-000000000000");
  const last = 1 - Number.EPSILON / 2;
  expect(uuidV7(0x017f22e279b0, () => last)).toBe("017f22e2-79b0-7fff-bfff-ffffffffffff");
});

test("keys of later milliseconds sort later, and no two of a millisecond are alike", () => {
  const keys = Array.from({ length: 2_000 }, (_, n) => uuidV7(1_700_000_000_000 + (n >> 1), Math.random));
  expect(new Set(keys).size).toBe(keys.length);
  const times = keys.map((key) => key.slice(0, 13));
  expect(times.toSorted()).toEqual(times);
});
