import { expect, test } from "vitest";
import { iterate } from "./iterate.ts";
import type { SubscriptionCallbacks } from "./subscription-callbacks.ts";

/** A loop over a subscription that the test moves. */
function createLoop() {
  const told: string[] = [];
  let heard: SubscriptionCallbacks = {};
  const loop = iterate((callbacks) => {
    heard = callbacks;
    told.push("started");
    return () => void told.push("stopped");
  }, undefined);
  return { loop, told, say: (item: unknown) => heard.onData?.(item) };
}

test("a loop that is left while it waits for an item stops the subscription, without another item", async () => {
  const { loop, told, say } = createLoop();
  const first = loop.next();
  say("one");
  expect(await first).toEqual({ done: false, value: "one" });
  const [pending, afterIt] = [loop.next(), loop.next()];
  const left = loop.return("over");
  expect(told).toEqual(["started", "stopped"]);
  expect(await Promise.all([pending, afterIt, left])).toEqual([
    { done: true, value: undefined },
    { done: true, value: undefined },
    { done: true, value: "over" },
  ]);
  expect(await loop.next()).toEqual({ done: true, value: undefined });
  expect(told).toEqual(["started", "stopped"]);
});

test("a loop that is left between two items drops those that wait; one that never began starts nothing", async () => {
  const { loop, told, say } = createLoop();
  const first = loop.next();
  say("one");
  say("two");
  expect(await first).toMatchObject({ value: "one" });
  await loop.return(undefined);
  expect(await loop.next()).toEqual({ done: true, value: undefined });
  expect(told).toEqual(["started", "stopped"]);

  const other = createLoop();
  await other.loop.return(undefined);
  expect(await other.loop.next()).toEqual({ done: true, value: undefined });
  expect(other.told).toEqual([]);
});
