import fc from "fast-check";
import { expect, test } from "vitest";
import { createSlots } from "./slots.ts";

test("a key holds as many slots as there are, and no other key notices", () => {
  const slots = createSlots(2);
  expect(slots.take("a")).toBeDefined();
  const second = slots.take("a");
  expect(slots.take("a")).toBeUndefined();
  expect(slots.take("b")).toBeDefined();
  second?.();
  expect(slots.take("a")).toBeDefined();
});

test("a slot given back twice is given back once", () => {
  const slots = createSlots(2);
  const first = slots.take("a");
  slots.take("a");
  first?.();
  first?.();
  expect(slots.held()).toBe(1);
  slots.take("a");
  expect(slots.take("a")).toBeUndefined();
});

test("however slots come and go, none is lost and none is left", () => {
  const steps = fc.array(fc.record({ key: fc.constantFrom("a", "b"), takes: fc.boolean() }), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(steps, (moves) => {
      const slots = createSlots(3);
      const held: Record<string, (() => void)[]> = { a: [], b: [] };
      for (const { key, takes } of moves) {
        const ofKey = held[key] ?? [];
        if (!takes) {
          ofKey.pop()?.();
          continue;
        }
        const giveBack = slots.take(key);
        expect(giveBack === undefined).toBe(ofKey.length === 3);
        if (giveBack) ofKey.push(giveBack);
      }
      Object.values(held)
        .flat()
        .forEach((giveBack) => giveBack());
      expect(slots.held()).toBe(0);
    }),
  );
});
