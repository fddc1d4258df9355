import { signInBackoff as rule } from "@causerie/shared";
import { expect, test } from "vitest";
import { createVirtualClock } from "../testing/index.ts";
import { DomainError } from "./domain-error.ts";
import { createPasswordBackoff } from "./password-backoff.ts";

const right = async () => true;
const wrong = async () => false;

function setUp() {
  const clock = createVirtualClock(0);
  const backoff = createPasswordBackoff({ enabled: true, clock });
  /** What became of a try: the answer, or how long to wait. */
  const attempt = async (check = wrong, account = "a@example.com") => {
    try {
      return await backoff.attempt(account, check);
    } catch (error) {
      if (error instanceof DomainError && error.code === "RATE_LIMITED") return error.retryAfterMs;
      throw error;
    }
  };
  return { clock, backoff, attempt };
}

test("after five wrong passwords in a row each further try waits twice as long, up to 15 minutes", async () => {
  const { clock, attempt } = setUp();
  for (let n = 0; n < rule.freeFailures; n += 1) expect(await attempt()).toBe(false);
  for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
    expect(await attempt()).toBe(seconds * 1000);
    clock.skip(seconds * 1000 - 1);
    expect(await attempt()).toBe(1);
    clock.skip(1);
    expect(await attempt()).toBe(false);
  }
});

test("tries that are refused lengthen nothing, and the right password after the wait starts afresh", async () => {
  const { clock, attempt } = setUp();
  for (let n = 0; n < rule.freeFailures; n += 1) await attempt();
  for (let n = 0; n < 100; n += 1) expect(await attempt(right)).toBe(1000);
  clock.skip(1000);
  expect(await attempt(right)).toBe(true);
  for (let n = 0; n < rule.freeFailures; n += 1) expect(await attempt()).toBe(false);
  expect(await attempt()).toBe(1000);
});

test("of a hundred tries at once five are checked", async () => {
  const { attempt } = setUp();
  let checked = 0;
  const check = async () => {
    checked += 1;
    await new Promise((resolve) => setImmediate(resolve));
    return false;
  };
  const answers = await Promise.all(Array.from({ length: 100 }, () => attempt(check)));
  expect(checked).toBe(rule.freeFailures);
  expect(answers.filter((answer) => answer === rule.firstWaitMs)).toHaveLength(100 - rule.freeFailures);
});

test("after the wait one try at a time is checked", async () => {
  const { clock, attempt } = setUp();
  for (let n = 0; n < rule.freeFailures; n += 1) await attempt();
  clock.skip(1000);
  const answers = await Promise.all([attempt(), attempt(), attempt()]);
  expect(answers.filter((answer) => answer === false)).toHaveLength(1);
});

test("a check that could not be made counts as none", async () => {
  const { backoff, attempt } = setUp();
  const busy = async () => {
    throw new DomainError("OVERLOADED");
  };
  for (let n = 0; n < 20; n += 1)
    await expect(backoff.attempt("a@example.com", busy)).rejects.toMatchObject({ code: "OVERLOADED" });
  for (let n = 0; n < rule.freeFailures; n += 1) expect(await attempt()).toBe(false);
  expect(await attempt()).toBe(1000);
});

test("one account's wait is no other's, and is forgotten after an hour without a try", async () => {
  const { clock, attempt } = setUp();
  for (let n = 0; n <= rule.freeFailures; n += 1) await attempt();
  expect(await attempt(wrong, "b@example.com")).toBe(false);
  clock.skip(rule.forgetAfterMs);
  for (let n = 0; n < rule.freeFailures; n += 1) expect(await attempt()).toBe(false);
});

test("when limits are off every try is checked", async () => {
  const backoff = createPasswordBackoff({ enabled: false, clock: createVirtualClock(0) });
  for (let n = 0; n < 50; n += 1) expect(await backoff.attempt("a@example.com", wrong)).toBe(false);
});
