import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { createLane } from "./lane.ts";

test("calls pass in the order they joined, whatever they await before", async () => {
  const lane = createLane();
  const passed: number[] = [];
  await Promise.all(
    Array.from({ length: 50 }, async (_, n) => {
      const ticket = lane.join();
      await delay((n * 7) % 11);
      await ticket.pass();
      passed.push(n);
    }),
  );
  expect(passed).toEqual(Array.from({ length: 50 }, (_, n) => n));
});

test("a call runs as far as microtasks take it before the next one passes", async () => {
  const lane = createLane();
  const begun: string[] = [];
  await Promise.all(
    ["long", "short"].map(async (name) => {
      const ticket = lane.join();
      await ticket.pass();
      for (let step = 0; step < (name === "long" ? 100 : 0); step += 1) await Promise.resolve();
      begun.push(name);
    }),
  );
  expect(begun).toEqual(["long", "short"]);
});

test("a call that ends without passing keeps nobody waiting", async () => {
  const lane = createLane();
  const refused = lane.join();
  const next = lane.join();
  const passing = Promise.resolve(next.pass()).then(() => "passed");
  refused.leave();
  refused.leave();
  expect(await passing).toBe("passed");
});
