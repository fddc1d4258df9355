import { expect, test } from "vitest";
import { createHeldItems, type HeldItems } from "./held-items.ts";

const never = () => expect.unreachable("Nothing was lost.");

function takeAll<Item>(held: HeldItems<Item>): Item[] {
  const items: Item[] = [];
  for (let item = held.take(); item !== undefined; item = held.take()) items.push(item);
  return items;
}

test("of items with one key the last is kept, whatever their number", () => {
  const held = createHeldItems<string>({ capacity: 10, sizeOf: (item) => item.length });
  for (let n = 0; n < 1000; n += 1) held.hold("a", `a${n}`, never);
  held.hold("b", "b", never);
  expect(held.size()).toBe("a999b".length);
  expect(takeAll(held)).toEqual(["a999", "b"]);
  expect([held.size(), held.askAgain()]).toEqual([0, false]);
});

test("more than it holds empties it, and each sender is asked once, after what came later", () => {
  const held = createHeldItems<string>({ capacity: 3, sizeOf: () => 1 });
  const asked: string[] = [];
  const [first, second] = [() => asked.push("first"), () => asked.push("second")];
  for (const key of ["a", "b", "c"]) held.hold(key, key, first);
  held.hold("d", "d", second);
  expect(held.size()).toBe(0);
  held.hold("e", "e", never);
  expect(held.askAgain()).toBe(false);
  expect(takeAll(held)).toEqual(["e"]);
  expect([held.askAgain(), held.askAgain()]).toEqual([true, false]);
  expect(asked).toEqual(["first", "second"]);
});
