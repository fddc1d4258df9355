import type { closeCodes } from "@causerie/shared";
import { expect, test } from "vitest";
import { createBench } from "./bench.testing.ts";
import { failure } from "./scripted-link.testing.ts";

/** Where the client is after each code, when it was online for long; `random` is 0.5. */
const after: { readonly [Code in keyof typeof closeCodes]: object } = {
  1001: { state: "reconnecting", attempt: 0, waits: 2_000 },
  1009: { state: "closed", reason: "bad_client" },
  1012: { state: "reconnecting", attempt: 0, waits: 3_500 },
  1013: { state: "reconnecting", attempt: 2, waits: 7_500 },
  4400: { state: "closed", reason: "bad_client" },
  4401: { state: "reconnecting", attempt: 0, waits: 2_000 },
  4403: { state: "closed", reason: "forbidden" },
  4408: { state: "reconnecting", attempt: 0, waits: 2_000 },
  4409: { state: "closed", reason: "too_many_connections" },
  4410: { state: "auth_lost", reason: "account_gone" },
  4429: { state: "reconnecting", attempt: 0, waits: 12_000 },
  4508: { state: "reconnecting", attempt: 0, waits: 2_000 },
};

for (const [code, expected] of Object.entries({
  ...after,
  1000: after[1001],
  1006: after[1001],
  3999: after[1001],
}))
  test(`a socket that is closed with ${code} after a while online`, async () => {
    const bench = createBench();
    await bench.online();
    await bench.stay(70_000);
    bench.last().lose({ code: Number(code) });
    const state = bench.state();
    const waits =
      "retryAt" in state && state.retryAt !== null ? state.retryAt - bench.clock.now() : undefined;
    expect({ ...state, waits }).toMatchObject(expected);
  });

test("a restart does not count as a failure, also soon after the last one", async () => {
  const bench = createBench();
  await bench.online();
  bench.last().lose({ code: 1012 });
  expect(bench.state()).toMatchObject({ attempt: 0, phase: "waiting" });
});

test("4429 waits as long as the longest answer said to a call", async () => {
  const bench = createBench();
  await bench.online();
  await bench.stay(70_000);
  const call = { type: "mutation", path: "messages.send", input: {} } as const;
  const sent = bench.connection.link()?.call(call);
  bench
    .last()
    .call("messages.send")
    .refuse(failure("RATE_LIMITED", 429, 45_000));
  await expect(sent).rejects.toMatchObject({ code: "RATE_LIMITED" });
  bench.last().lose({ code: 4429 });
  const state = bench.state();
  expect("retryAt" in state && state.retryAt! - bench.clock.now()).toBe(47_000);
});

test("a stream that is refused for now waits as the server asks, and starts on the same connection", async () => {
  const bench = createBench();
  await bench.online();
  await bench.stay(70_000);
  bench
    .last()
    .stream()
    .end(failure("RATE_LIMITED", 429, 20_000));
  await bench.clock.advance(21_999);
  expect(bench.last().streams).toHaveLength(1);
  await bench.clock.advance(1);
  expect(bench.last().streams).toHaveLength(2);
  expect(bench.attempts).toHaveLength(1);
});

test("a kept connection that is lost while its stream waits changes nothing but that a new one is opened", async () => {
  const bench = createBench();
  await bench.online();
  await bench.stay(70_000);
  bench.last().stream().end();
  const waiting = bench.state();
  bench.last().lose({ code: 1006 });
  expect(bench.state()).toEqual(waiting);
  await bench.clock.advance(2_000);
  expect(bench.attempts).toHaveLength(2);
});
