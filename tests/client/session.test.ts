import { createCalls } from "@causerie/client";
import { createVirtualClock } from "@causerie/server/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createSession, type SessionDeps } from "../../packages/client/src/session/create-session.ts";
import { memoryStorage } from "../../packages/client/src/session/memory-storage.ts";
import { createSharedLocks, createSharedStorage } from "../../packages/client/src/session/session.testing.ts";
import type { Session } from "../../packages/client/src/session/session.ts";
import type { TokenStorage } from "../../packages/client/src/session/token-storage.ts";
import { createPerson, type Person } from "../support/people.ts";
import { createRandom } from "../support/random.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { startAnswerLosingProxy, type AnswerLosingProxy } from "./answer-losing-proxy.ts";
import { sessionCalls } from "./session-calls.ts";
import { failure } from "./signed-in-client.ts";

const minute = 60_000;
const clock = createVirtualClock();
let server: TestServer;
let proxy: AnswerLosingProxy;
let person: Person;
beforeAll(async () => {
  server = await startTestServer({ ACCESS_TOKEN_TTL: "15m", REFRESH_TOKEN_TTL: "3650d" }, { clock });
  proxy = await startAnswerLosingProxy(server.port);
  person = await createPerson(server.url);
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});
beforeEach(() => proxy.lose("nothing"));

const signIn = () =>
  createCalls({ url: server.url }).auth.login({ email: person.email, password: person.password });
const meWith = (token: string | undefined) =>
  createCalls({ url: server.url, ...(token === undefined ? {} : { token }) }).auth.me();

/** A client's session on the virtual clock. Its timers stand still: whoever needs a token asks for it. */
function openSession(storage: TokenStorage, { calls, ...deps }: Partial<SessionDeps> = {}): Session {
  return createSession({
    storage,
    calls: calls ?? sessionCalls(proxy.url),
    serverKey: server.url,
    onStorageError: (cause) => expect.unreachable(String(cause)),
    platform: {
      clock: { now: clock.now, after: () => () => undefined },
      random: Math.random,
      locks: createSharedLocks(),
    },
    ...deps,
  });
}

async function signedIn(storage = memoryStorage()): Promise<Session> {
  const session = openSession(storage);
  await session.adopt(await signIn());
  return session;
}

test("a sign-in says whose it is, and its token is good", async () => {
  const session = await signedIn();
  expect(session.userId()).toBe(person.id);
  expect(await meWith(await session.token())).toMatchObject({ id: person.id });
});

test("a refresh whose answer was lost is repeated after a minute in a tunnel", async () => {
  const session = await signedIn();
  clock.skip(15 * minute);
  proxy.lose("answers");
  expect(await failure(session.token())).toMatchObject({ code: "NETWORK" });
  clock.skip(minute);
  proxy.lose("nothing");
  expect(await meWith(await session.token())).toMatchObject({ id: person.id });
  expect(session.lost()).toBeUndefined();
});

test("and also by the page that was loaded meanwhile, a day later", async () => {
  const storage = memoryStorage();
  const before = await signedIn(storage);
  clock.skip(15 * minute);
  proxy.lose("answers");
  expect(await failure(before.token())).toMatchObject({ code: "NETWORK" });
  before.close();
  clock.skip(24 * 60 * minute);
  proxy.lose("nothing");
  const after = openSession(storage);
  expect(await meWith(await after.token())).toMatchObject({ id: person.id });
});

const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 32);
test(`whatever is lost and for how long, nobody is signed out (SEED=${seed})`, async () => {
  const random = createRandom(seed);
  const storage = memoryStorage();
  let session = await signedIn(storage);
  let renewed = 0;
  for (let step = 0; step < 150; step += 1) {
    clock.skip(random.pick([0, 1_000, 20_000, 5 * minute, 15 * minute, 3 * 60 * minute]));
    proxy.lose(random.pick(["answers", "requests", "nothing"] as const));
    if (random.happens(0.2)) {
      session.close();
      session = openSession(storage);
    }
    const refused = random.happens(0.5) ? storage.read() : undefined;
    const { access_token } = (await refused) ?? {};
    const got = await session.token(access_token).catch((error: unknown) => error);
    if (typeof got === "string") {
      renewed += 1;
      expect(await meWith(got)).toMatchObject({ id: person.id });
    } else expect(got).toMatchObject({ code: "NETWORK" });
    expect(session.lost()).toBeUndefined();
  }
  expect(renewed).toBeGreaterThan(10);
});

test("a thief who comes late with a stolen refresh token ends the session, as its owner learns", async () => {
  const storage = memoryStorage();
  const session = await signedIn(storage);
  const { refresh_token } = (await storage.read())!;
  clock.skip(15 * minute);
  const token = await session.token();
  clock.skip(minute);
  const theft = createCalls({ url: server.url }).auth.refresh({ refresh_token });
  expect(await failure(theft)).toMatchObject({ code: "UNAUTHORIZED" });
  expect(await failure(meWith(token))).toMatchObject({ code: "UNAUTHORIZED" });
  expect(await failure(session.token(token))).toMatchObject({ code: "UNAUTHORIZED" });
  expect(session.lost()).toBe("session_ended");
});

test("a thief who comes first is found out by the owner's next refresh", async () => {
  const storage = memoryStorage();
  const session = await signedIn(storage);
  const { refresh_token } = (await storage.read())!;
  const stolen = await createCalls({ url: server.url }).auth.refresh({ refresh_token });
  expect(await meWith(stolen.access_token)).toMatchObject({ id: person.id });
  clock.skip(15 * minute);
  expect(await failure(session.token())).toMatchObject({ code: "UNAUTHORIZED" });
  expect(session.lost()).toBe("session_ended");
  const next = createCalls({ url: server.url }).auth.refresh({ refresh_token: stolen.refresh_token! });
  expect(await failure(next)).toMatchObject({ code: "UNAUTHORIZED" });
});

test("tabs with shared locks refresh once, and all go on", async () => {
  const shared = createSharedStorage({ ...(await signIn()), received_at: clock.now() });
  clock.skip(15 * minute);
  const calls = sessionCalls(server.url);
  const platform = {
    clock: { now: clock.now, after: () => () => undefined },
    random: Math.random,
    locks: createSharedLocks(),
  };
  const tabs = [1, 2, 3].map(() => openSession(shared.open(), { calls, platform }));
  const tokens = await Promise.all(tabs.map((tab) => tab.token()));
  expect(calls.refreshes()).toBe(1);
  expect(new Set(tokens).size).toBe(1);
  expect(await meWith(tokens[0])).toMatchObject({ id: person.id });
});

test("two tabs without locks refresh twice at most, and both go on, also with the next refresh", async () => {
  const shared = createSharedStorage({ ...(await signIn()), received_at: clock.now() });
  const calls = sessionCalls(server.url);
  // Neither waits: what the random wait makes rare happens each time.
  const platform = {
    clock: {
      now: clock.now,
      after(ms: number, work: () => void) {
        if (ms <= 500) work();
        return () => undefined;
      },
    },
    random: Math.random,
    locks: { areShared: false, hold: <Result>(_name: string, work: () => Promise<Result>) => work() },
  };
  const tabs = [1, 2].map(() => openSession(shared.open(), { calls, platform }));
  for (let round = 1; round <= 3; round += 1) {
    const before = calls.refreshes();
    const used = shared.stored()!.access_token;
    const tokens = await Promise.all(tabs.map((tab) => tab.token(used)));
    expect(calls.refreshes() - before).toBeLessThanOrEqual(2);
    for (const token of tokens) expect(await meWith(token)).toMatchObject({ id: person.id });
    clock.skip(minute);
  }
  expect(tabs.map((tab) => tab.lost())).toEqual([undefined, undefined]);
});

test("a sign-out ends the session on the server, also with a token that has expired", async () => {
  for (const age of [0, 15 * minute]) {
    const storage = memoryStorage();
    const session = await signedIn(storage);
    const { access_token, refresh_token } = (await storage.read())!;
    clock.skip(age);
    await session.end("signed_out");
    expect(await failure(meWith(access_token))).toMatchObject({ code: "UNAUTHORIZED" });
    const refresh = createCalls({ url: server.url }).auth.refresh({ refresh_token });
    expect(await failure(refresh)).toMatchObject({ code: "UNAUTHORIZED" });
  }
});

test("a session that was ended elsewhere is lost at the next refresh, and a sign-in goes on", async () => {
  const session = await signedIn();
  const token = await session.token();
  const elsewhere = await signIn();
  await createCalls({ url: server.url, token: elsewhere.access_token }).auth.sessions.revokeOthers();
  expect(await failure(session.token(token))).toMatchObject({ code: "UNAUTHORIZED" });
  expect(session.lost()).toBe("session_ended");
  await session.adopt(await signIn());
  expect(await meWith(await session.token())).toMatchObject({ id: person.id });
});
