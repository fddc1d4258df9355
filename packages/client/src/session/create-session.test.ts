import { describe, expect, test } from "vitest";
import { memoryStorage } from "./memory-storage.ts";
import { createBench, lifetime, passing, refusal, settled, storedOf, tokensOf } from "./session.testing.ts";
import type { StoredSession, TokenStorage } from "./token-storage.ts";

const lifeMs = lifetime * 1000;

describe("the start", () => {
  test("goes on with what is stored, at once", async () => {
    const bench = createBench();
    const { session } = bench.start(memoryStorage(storedOf(1, bench.clock.now(), 7)));
    expect([session.userId(), session.lost(), session.isStale()]).toEqual([7, undefined, false]);
    expect(await session.token()).toBe("access-7-1");
    expect(bench.refreshes).toEqual([]);
  });

  test("without tokens nobody is signed in", async () => {
    const { session } = createBench().start(memoryStorage());
    expect([session.userId(), session.lost()]).toEqual([undefined, "no_credentials"]);
    await expect(session.token()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });

  test("waits for a storage that takes its time", async () => {
    const bench = createBench();
    let found = (_session: StoredSession) => {};
    const read = new Promise<StoredSession>((resolve) => (found = resolve));
    const { session, changes } = bench.start({ ...memoryStorage(), read: () => read });
    expect([session.userId(), session.lost()]).toEqual([undefined, undefined]);
    const token = session.token();
    found(storedOf(1, bench.clock.now()));
    expect(await token).toBe("access-1-1");
    expect(changes).toEqual([{ type: "signed_in", userId: 1 }]);
  });

  test("a sign-in counts more than what a slow storage finds afterwards", async () => {
    const bench = createBench();
    let found = (_session: StoredSession | undefined) => {};
    const first = new Promise<StoredSession | undefined>((resolve) => (found = resolve));
    const { session } = bench.start({ ...memoryStorage(), read: () => first });
    await session.adopt(tokensOf(1, 2));
    found(storedOf(1, bench.clock.now(), 1));
    await settled();
    expect(session.userId()).toBe(2);
  });

  test("begins with a refresh when the tokens were stored too long ago", async () => {
    const bench = createBench();
    const { session } = bench.start(memoryStorage(storedOf(1, bench.clock.now() - lifeMs - 1)));
    expect(session.isStale()).toBe(true);
    const token = session.token();
    (await bench.next()).answer(tokensOf(2));
    expect(await token).toBe("access-1-2");
  });
});

describe("renewal", () => {
  test.for([
    [0, 0.7],
    [0.999, 0.85],
  ] as const)("happens between 0.70 and 0.85 of the life: with %d at %d", async ([random, at]) => {
    const bench = createBench();
    const storage = memoryStorage(storedOf(1, bench.clock.now()));
    const { session, changes } = bench.start(storage, { random: () => random });
    await bench.clock.advance(lifeMs * (at - 0.01));
    expect(bench.refreshes).toHaveLength(0);
    await bench.clock.advance(lifeMs * 0.01);
    (await bench.next()).answer(tokensOf(2));
    await settled();
    expect(changes).toEqual([
      { type: "renewed", by: "this_client", token: "access-1-2", expiresIn: lifetime },
    ]);
    expect(storage.read()).toMatchObject({ ...tokensOf(2), received_at: bench.clock.now() });
    expect(await session.token()).toBe("access-1-2");
    expect(bench.refreshes).toHaveLength(1);
  });

  test("goes on with the next tokens, and ends when the session is closed", async () => {
    const bench = createBench();
    const { session } = bench.start(memoryStorage(storedOf(1, bench.clock.now())));
    for (let n = 2; n <= 4; n += 1) {
      await bench.clock.advance(lifeMs * 0.85);
      expect(bench.refreshes).toHaveLength(n - 1);
      expect((await bench.next()).refresh_token).toBe(`refresh-1-${n - 1}`);
      bench.refreshes.at(-1)?.answer(tokensOf(n));
      await settled();
    }
    session.close();
    await bench.clock.advance(lifeMs);
    expect(bench.refreshes).toHaveLength(3);
  });

  test("is tried again in growing spans after passing failures, until the token has expired", async () => {
    const bench = createBench();
    const { session } = bench.start(memoryStorage(storedOf(1, bench.clock.now())), { random: () => 0.999 });
    const starts: number[] = [];
    const began = bench.clock.now() + 0.85 * lifeMs;
    for (let second = 0; second < 2000; second += 1) {
      await bench.clock.advance(1000);
      await settled();
      if (bench.refreshes.length > starts.length) {
        starts.push(Math.round((bench.clock.now() - began) / 1000));
        bench.refreshes.at(-1)?.fail(passing());
        await settled();
      }
    }
    const waits = starts.slice(1).map((at, n) => at - (starts[n] ?? 0));
    // The first try that finds the token expired is the last.
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60]);
    expect([session.userId(), session.lost()]).toEqual([1, undefined]);
    // From here on, whoever needs a token asks for it.
    const token = session.token();
    (await bench.next()).answer(tokensOf(2));
    expect(await token).toBe("access-1-2");
  });

  test("waits as long as the server asks", async () => {
    const bench = createBench();
    bench.start(memoryStorage(storedOf(1, bench.clock.now())), { random: () => 0 });
    await bench.clock.advance(0.7 * lifeMs);
    (await bench.next()).fail(passing(30_000));
    await settled();
    await bench.clock.advance(29_000);
    expect(bench.refreshes).toHaveLength(1);
    await bench.clock.advance(1_000);
    await settled();
    expect(bench.refreshes).toHaveLength(2);
  });

  test("of a token that lives longer than a timer can wait does not come at once", async () => {
    const bench = createBench();
    const delays: number[] = [];
    const clock = {
      now: bench.clock.now,
      after: (ms: number) => (delays.push(ms), () => undefined),
    };
    const { session } = bench.start(memoryStorage(), {
      platform: { clock, random: () => 0.5, locks: { areShared: false, hold: (_name, work) => work() } },
    });
    await session.adopt({ ...tokensOf(1), expires_in: 3600 * 24 * 365 });
    expect(delays).toEqual([2 ** 31 - 1]);
  });
});

describe("a token", () => {
  test("is refreshed first when it has no more than the margin left, once for all who ask", async () => {
    const bench = createBench();
    const { session } = bench.start(memoryStorage(storedOf(1, bench.clock.now() - lifeMs + 10_000)));
    expect(session.isStale()).toBe(true);
    const tokens = Promise.all([session.token(), session.token(), session.token()]);
    (await bench.next()).answer(tokensOf(2));
    expect(await tokens).toEqual(["access-1-2", "access-1-2", "access-1-2"]);
    expect(bench.refreshes).toHaveLength(1);
  });

  test("with more than the margin left is handed out as it is", async () => {
    const bench = createBench();
    const { session } = bench.start(memoryStorage(storedOf(1, bench.clock.now() - lifeMs + 10_001)));
    expect(await session.token()).toBe("access-1-1");
  });

  test("that the server refused is replaced; who was refused an older one gets the newer", async () => {
    const bench = createBench();
    const { session } = bench.start(memoryStorage(storedOf(1, bench.clock.now())));
    const token = session.token("access-1-1");
    (await bench.next()).answer(tokensOf(2));
    expect(await token).toBe("access-1-2");
    expect(await session.token("access-1-1")).toBe("access-1-2");
    expect(bench.refreshes).toHaveLength(1);
  });

  test.for([-3600_000, 3600_000])("is not believed after the clock jumped by %d ms", async (jump) => {
    const bench = createBench();
    let offset = 0;
    const clock = { now: () => bench.clock.now() + offset, after: bench.clock.after };
    const { session } = bench.start(memoryStorage(storedOf(1, bench.clock.now())), {
      platform: { clock, random: Math.random, locks: { areShared: false, hold: (_name, work) => work() } },
    });
    offset = jump;
    expect(session.isStale()).toBe(true);
    const token = session.token();
    (await bench.next()).answer(tokensOf(2));
    expect(await token).toBe("access-1-2");
    expect(session.isStale()).toBe(false);
  });
});

describe("a refresh", () => {
  test("whose answer was lost is repeated under the same name, also after a reload", async () => {
    const bench = createBench();
    const storage = memoryStorage(storedOf(1, bench.clock.now()));
    const { session } = bench.start(storage);
    const lost = session.token("access-1-1");
    const { attempt_id, fail } = await bench.next();
    expect(attempt_id).toMatch(/^[0-9a-z]{24}$/);
    expect(storage.read()).toMatchObject({ ...tokensOf(1), attempt_id });
    fail(passing());
    await expect(lost).rejects.toMatchObject({ code: "NETWORK" });

    const again = session.token("access-1-1");
    expect(await bench.next()).toMatchObject({ refresh_token: "refresh-1-1", attempt_id });
    session.close();
    const after = bench.start(storage);
    const token = after.session.token("access-1-1");
    const third = await bench.next();
    expect(bench.refreshes).toHaveLength(3);
    expect(third).toMatchObject({ refresh_token: "refresh-1-1", attempt_id });
    third.answer(tokensOf(2));
    expect(await token).toBe("access-1-2");
    expect(storage.read()).not.toHaveProperty("attempt_id");

    bench.refreshes[1]?.fail(passing());
    await again.catch(() => undefined);
    void after.session.token("access-1-2");
    expect((await bench.next()).attempt_id).not.toBe(attempt_id);
  });

  test("that is refused ends the session, and nothing is called any more until a sign-in", async () => {
    const bench = createBench();
    const { session, changes } = bench.start(memoryStorage(storedOf(1, bench.clock.now())));
    const token = session.token("access-1-1");
    (await bench.next()).fail(refusal());
    await expect(token).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect([session.userId(), session.lost(), session.isStale()]).toEqual([undefined, "session_ended", true]);
    await expect(session.token()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    await bench.clock.advance(2 * lifeMs);
    expect(bench.refreshes).toHaveLength(1);

    await session.adopt(tokensOf(9, 2));
    expect(await session.token()).toBe("access-2-9");
    expect(changes).toEqual([
      { type: "lost", reason: "session_ended" },
      { type: "signed_in", userId: 2 },
    ]);
  });

  test("that fails in passing leaves everything as it was", async () => {
    const bench = createBench();
    const { session, changes } = bench.start(memoryStorage(storedOf(1, bench.clock.now())));
    const tokens = [session.token("access-1-1"), session.token("access-1-1")];
    (await bench.next()).fail(passing());
    for (const token of tokens) await expect(token).rejects.toMatchObject({ code: "NETWORK" });
    expect(await session.token()).toBe("access-1-1");
    expect(changes).toEqual([]);
  });

  test("that was under way during a sign-in does not undo it", async () => {
    const bench = createBench();
    const storage = memoryStorage(storedOf(1, bench.clock.now()));
    const { session } = bench.start(storage);
    const token = session.token("access-1-1");
    const call = await bench.next();
    await session.adopt(tokensOf(1, 2));
    call.answer(tokensOf(2, 1));
    expect(await token).toBe("access-2-1");
    expect(storage.read()).toMatchObject({ user_id: 2 });
    expect(session.userId()).toBe(2);
  });
});

describe("the end", () => {
  test("by a sign-out clears the device and tells the server", async () => {
    const bench = createBench();
    const storage = memoryStorage(storedOf(1, bench.clock.now()));
    const { session, changes } = bench.start(storage);
    await session.end("signed_out");
    expect(storage.read()).toBeUndefined();
    expect(bench.logouts).toEqual(["access-1-1"]);
    expect(changes).toEqual([{ type: "lost", reason: "signed_out" }]);
    await expect(session.token()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });

  test("by a sign-out gets a fresh token for telling the server, and keeps it from the device", async () => {
    const bench = createBench();
    const storage = memoryStorage(storedOf(1, bench.clock.now() - lifeMs));
    const { session } = bench.start(storage);
    const end = session.end("signed_out");
    (await bench.next()).answer(tokensOf(2));
    await end;
    expect(bench.logouts).toEqual(["access-1-2"]);
    expect(storage.read()).toBeUndefined();
  });

  test("by a sign-out clears the device at once, and also when the server cannot be reached", async () => {
    const bench = createBench();
    const storage = memoryStorage(storedOf(1, bench.clock.now() - lifeMs));
    const { session } = bench.start(storage);
    const end = session.end("signed_out");
    const call = await bench.next();
    expect([storage.read(), session.lost()]).toEqual([undefined, "signed_out"]);
    call.fail(passing());
    await end;
    expect(bench.logouts).toEqual([]);
  });

  test("during a refresh keeps its answer from the device", async () => {
    const bench = createBench();
    const storage = memoryStorage(storedOf(1, bench.clock.now()));
    const { session } = bench.start(storage);
    const token = session.token("access-1-1");
    const call = await bench.next();
    const end = session.end("signed_out");
    call.answer(tokensOf(2));
    await expect(token).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    await end;
    expect([storage.read(), session.lost()]).toEqual([undefined, "signed_out"]);
  });

  test("of the account clears the device and calls nobody", async () => {
    const bench = createBench();
    const storage = memoryStorage(storedOf(1, bench.clock.now()));
    const { session } = bench.start(storage);
    await session.end("account_gone");
    expect([storage.read(), session.lost(), bench.logouts]).toEqual([undefined, "account_gone", []]);
  });

  test("that the server decided stays after a reload as long as nobody signs in", async () => {
    const bench = createBench();
    const storage = memoryStorage(storedOf(1, bench.clock.now()));
    await bench.start(storage).session.end("session_ended");
    const { session } = bench.start(storage);
    const token = session.token("access-1-1");
    (await bench.next()).fail(refusal());
    await expect(token).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect(session.lost()).toBe("session_ended");
  });
});

describe("a storage that fails", () => {
  const failure = new Error("The storage is full.");
  const fail = () => {
    throw failure;
  };

  test.for([
    ["when it is written to", { write: fail }],
    ["when it is written to, later", { write: () => Promise.reject(failure) }],
    ["when it is read after the start", { read: undefined }],
  ] as const)("%s is reported, and the session goes on in memory", async ([, broken]) => {
    const bench = createBench();
    const working = memoryStorage(storedOf(1, bench.clock.now()));
    let reads = 0;
    const read = () => (++reads === 1 ? working.read() : fail());
    const storage: TokenStorage = { ...working, ...("read" in broken ? { read } : broken) };
    const { session } = bench.start(storage);
    for (const n of [1, 2, 3]) {
      const token = session.token(`access-1-${n}`);
      const call = await bench.next();
      expect(call.refresh_token).toBe(`refresh-1-${n}`);
      call.answer(tokensOf(n + 1));
      expect(await token).toBe(`access-1-${n + 1}`);
    }
    expect(bench.storageErrors).toContain(failure);
  });

  test.for([
    ["at once", fail],
    ["later", () => Promise.reject(failure)],
  ] as const)("at the start, %s, is reported and is as an empty one", async ([, read]) => {
    const bench = createBench();
    const { session } = bench.start({ ...memoryStorage(), read });
    await settled();
    expect(session.lost()).toBe("no_credentials");
    expect(bench.storageErrors).toEqual([failure]);
    await session.adopt(tokensOf(1));
    expect(await session.token()).toBe("access-1-1");
  });

  test("and works again is used again", async () => {
    const bench = createBench();
    const working = memoryStorage(storedOf(1, bench.clock.now()));
    let full = true;
    const { session } = bench.start({
      ...working,
      write: (next) => (full ? fail() : working.write(next)),
    });
    const first = session.token("access-1-1");
    (await bench.next()).answer(tokensOf(2));
    await first;
    expect(working.read()).toMatchObject(tokensOf(1));
    full = false;
    const second = session.token("access-1-2");
    (await bench.next()).answer(tokensOf(3));
    await second;
    expect(working.read()).toMatchObject(tokensOf(3));
  });
});
