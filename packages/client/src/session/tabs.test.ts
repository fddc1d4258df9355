import { expect, test } from "vitest";
import type { Locks } from "../platform/platform.ts";
import {
  createBench,
  createSharedLocks,
  createSharedStorage,
  lifetime,
  passing,
  refusal,
  settled,
  storedOf,
  tokensOf,
} from "./session.testing.ts";

const lifeMs = lifetime * 1000;
const noLocks: Locks = { areShared: false, hold: (_name, work) => work() };

/** Two tabs of one browser, signed in. */
function openTabs(locks: Locks, { age = 0 } = {}) {
  const bench = createBench();
  const shared = createSharedStorage(storedOf(1, bench.clock.now() - age));
  const platform = { clock: bench.clock, random: Math.random, locks };
  const tabs = [1, 2].map(() => bench.start(shared.open(), { platform }));
  return { ...bench, shared, one: tabs[0]!, other: tabs[1]! };
}

test("with locks, tabs that need a token at once refresh once", async () => {
  const { one, other, refreshes, next, shared } = openTabs(createSharedLocks(), { age: lifeMs });
  const tokens = Promise.all([one.session.token(), other.session.token()]);
  (await next()).answer(tokensOf(2));
  expect(await tokens).toEqual(["access-1-2", "access-1-2"]);
  expect(refreshes).toHaveLength(1);
  expect(shared.stored()).toMatchObject(tokensOf(2));
  expect(one.changes).toMatchObject([{ type: "renewed", by: "this_client" }]);
  expect(other.changes).toMatchObject([{ type: "renewed", by: "another_tab", token: "access-1-2" }]);
});

test("without locks, the tab that waits longer takes what the other got", async () => {
  const bench = createBench();
  const shared = createSharedStorage(storedOf(1, bench.clock.now() - lifeMs));
  const [one, other] = [0, 0.9].map((random) =>
    bench.start(shared.open(), {
      platform: { clock: bench.clock, random: () => random, locks: noLocks },
    }),
  );
  const tokens = Promise.all([one!.session.token(), other!.session.token()]);
  await bench.clock.advance(100);
  (await bench.next()).answer(tokensOf(2));
  await settled();
  await bench.clock.advance(400);
  expect(await tokens).toEqual(["access-1-2", "access-1-2"]);
  expect(bench.refreshes).toHaveLength(1);
});

test("without locks, tabs that call together do so under one name, and both go on", async () => {
  const bench = createBench();
  const shared = createSharedStorage(storedOf(1, bench.clock.now() - lifeMs));
  const tabs = [0, 0.9].map((random) =>
    bench.start(shared.open(), {
      platform: { clock: bench.clock, random: () => random, locks: noLocks },
    }),
  );
  const tokens = Promise.all(tabs.map(({ session }) => session.token()));
  await bench.clock.advance(500);
  await settled();
  expect(bench.refreshes).toHaveLength(2);
  expect(new Set(bench.refreshes.map(({ attempt_id }) => attempt_id)).size).toBe(1);
  // The same successor, each with an access token of its own.
  bench.refreshes[0]?.answer(tokensOf(2));
  await settled();
  bench.refreshes[1]?.answer({ ...tokensOf(2), access_token: "another" });
  expect(await tokens).toEqual(["access-1-2", "access-1-2"]);
  expect(shared.stored()).toMatchObject(tokensOf(2));
});

test("a renewal is made by one tab, and the others take it", async () => {
  const { one, other, refreshes, clock } = openTabs(createSharedLocks());
  for (let answered = 0; answered < 3;) {
    await clock.advance(1000);
    await settled();
    if (refreshes.length === answered) continue;
    answered += 1;
    expect(refreshes).toHaveLength(answered);
    refreshes.at(-1)?.answer(tokensOf(answered + 1));
    await settled();
  }
  const by = [one, other].map(({ changes }) => changes.map((change) => "by" in change && change.by));
  expect(by.map((ways) => ways.length)).toEqual([3, 3]);
  expect(by.flat().filter((way) => way === "this_client")).toHaveLength(3);
});

test("a tab that never gives the lock back is not waited for longer than a call", async () => {
  const locks = createSharedLocks();
  const { one, clock, next, refreshes } = openTabs(locks, { age: lifeMs });
  void locks.hold("causerie:chat.example.com:refresh", () => new Promise(() => undefined));
  const token = one.session.token();
  await clock.advance(29_999);
  await settled();
  expect(refreshes).toHaveLength(0);
  await clock.advance(1);
  await settled();
  (await next()).answer(tokensOf(2));
  expect(await token).toBe("access-1-2");
});

test("the lock is given back when the refresh failed", async () => {
  const { one, other, next, refreshes } = openTabs(createSharedLocks(), { age: lifeMs });
  const first = one.session.token();
  const second = other.session.token();
  (await next()).fail(passing());
  await expect(first).rejects.toMatchObject({ code: "NETWORK" });
  await settled();
  expect(refreshes).toHaveLength(2);
  expect(refreshes[1]?.attempt_id).toBe(refreshes[0]?.attempt_id);
  refreshes[1]?.answer(tokensOf(2));
  expect(await second).toBe("access-1-2");
  await settled();
  expect(await one.session.token()).toBe("access-1-2");
});

test("signing out in one tab signs the others out, and is said as that", async () => {
  const { one, other, logouts } = openTabs(createSharedLocks());
  await one.session.end("signed_out");
  await settled();
  expect(other.changes).toEqual([{ type: "lost", reason: "signed_out" }]);
  expect(other.session.userId()).toBeUndefined();
  expect(logouts).toHaveLength(1);
});

test("signing out in one tab during a refresh in another is not undone by its answer", async () => {
  const { one, other, next, shared } = openTabs(createSharedLocks(), { age: lifeMs });
  const token = other.session.token();
  const call = await next();
  const end = one.session.end("signed_out");
  await settled();
  call.answer(tokensOf(2));
  await expect(token).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  expect(shared.stored()).toBeUndefined();
  expect(other.session.lost()).toBe("signed_out");
  (await next()).fail(passing());
  await end;
});

test("a session that the server ended is not taken for a sign-out by other tabs", async () => {
  const { one, other, next } = openTabs(createSharedLocks());
  const token = one.session.token("access-1-1");
  (await next()).fail(refusal());
  await expect(token).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await settled();
  expect(one.session.lost()).toBe("session_ended");
  expect(other.changes).toEqual([]);
  const found = other.session.token("access-1-1");
  (await next()).fail(refusal());
  await expect(found).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  expect(other.session.lost()).toBe("session_ended");
  await settled();
  expect(one.changes).toEqual([{ type: "lost", reason: "session_ended" }]);
});

test("a refusal does not count when another tab has stored something newer", async () => {
  const { one, other, next } = openTabs(createSharedLocks());
  const token = one.session.token("access-1-1");
  const call = await next();
  await other.session.adopt(tokensOf(2));
  call.fail(refusal());
  expect(await token).toBe("access-1-2");
  expect(one.session.lost()).toBeUndefined();
});

test.for([1, 2])(
  "a sign-in of user %d in one tab is one in the tab where the session had ended",
  async (id) => {
    const { one, other } = openTabs(createSharedLocks());
    await one.session.end("session_ended");
    await other.session.adopt(tokensOf(9, id));
    await settled();
    expect(one.changes.at(-1)).toEqual({ type: "signed_in", userId: id });
    expect(await one.session.token()).toBe(`access-${id}-9`);
  },
);

test("another user who signs in in one tab is signed in in the others", async () => {
  const { one, other } = openTabs(createSharedLocks());
  await one.session.adopt(tokensOf(1, 2));
  await settled();
  expect(other.changes).toEqual([{ type: "signed_in", userId: 2 }]);
  expect(await other.session.token()).toBe("access-2-1");
});

test("a closed tab hears nothing any more", async () => {
  const { one, other } = openTabs(createSharedLocks());
  other.session.close();
  await one.session.end("signed_out");
  await settled();
  expect(other.changes).toEqual([]);
});
