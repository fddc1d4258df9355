import { expect, test } from "vitest";
import { createKeyedQueue } from "./keyed-queue.ts";

const { signal } = new AbortController();

async function drain<Item>(queue: ReturnType<typeof createKeyedQueue<Item>>, count: number): Promise<Item[]> {
  const items: Item[] = [];
  for (let n = 0; n < count; n += 1) items.push((await queue.next(signal)) as Item);
  return items;
}

test("of items with one key a slow reader gets the last, where the first stood", async () => {
  const queue = createKeyedQueue<string>(10);
  queue.push("a1", "a");
  queue.push("b1", "b");
  for (let n = 2; n <= 1000; n += 1) queue.push(`a${n}`, "a");
  expect(await drain(queue, 2)).toEqual(["a1000", "b1"]);
  expect(queue.overflowed()).toBe(false);
});

test("a reader that waits gets what comes, and nothing once it leaves", async () => {
  const queue = createKeyedQueue<string>(10);
  const waiting = queue.next(signal);
  queue.push("a", "a");
  expect(await waiting).toBe("a");
  const leave = new AbortController();
  const left = queue.next(leave.signal);
  leave.abort();
  expect(await left).toBeUndefined();
});

test("more keys than it holds empty it, and its reader is told", async () => {
  const queue = createKeyedQueue<number>(3);
  const waiting = queue.next(signal);
  for (let n = 0; n < 3; n += 1) queue.push(n, String(n));
  expect(await waiting).toBe(0);
  for (let n = 3; n < 6; n += 1) queue.push(n, String(n));
  expect(queue.overflowed()).toBe(true);
  expect(await queue.next(signal)).toBeUndefined();
});
