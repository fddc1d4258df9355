import { getUntypedClient } from "@trpc/client";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { followSubscription } from "../../packages/client/src/connection/followed-subscription.ts";
import { scriptSession } from "../../packages/client/src/connection/bench.testing.ts";
import { createHttpCalls } from "../../packages/client/src/connection/http-calls.ts";
import { createRoutedCalls } from "../../packages/client/src/connection/routed-calls.ts";
import { CauserieError } from "../../packages/client/src/errors.ts";
import { systemClock, type Clock } from "../../packages/client/src/platform/clock.ts";
import { createVirtualClock } from "../../packages/client/src/testing/virtual-clock.ts";
import { createTrpc } from "../../packages/client/src/trpc/create-trpc.ts";
import { createPerson, password, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { startCuttableProxy } from "./cuttable-proxy.ts";
import { createHandMadeConnection, waiting } from "./hand-made-connection.ts";
import { openLink, type LinkKind } from "./open-link.ts";
import { failure } from "./signed-in-client.ts";

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await startTestServer();
  person = await createPerson(server.url);
});
afterAll(() => server[Symbol.asyncDispose]());

const socketKind: LinkKind = "the runtime's WebSocket";

/** A tRPC client whose calls go where the connection says; its links go `via` another address. */
function createCaller(via = server.url) {
  const requests: string[] = [];
  const hand = createHandMadeConnection();
  const want = vi.fn<() => void>();
  const countingFetch: typeof fetch = async (input, init) => {
    requests.push(new URL(input as string).pathname.replace("/trpc/", ""));
    return await fetch(input, init);
  };
  const http = createHttpCalls({
    url: `${server.url}/trpc`,
    token: async () => person.token,
    fetch: countingFetch,
    clock: systemClock,
  });
  const { session, script } = scriptSession();
  const routed = createRoutedCalls({ connection: hand.connection, http, session });
  const trpc = createTrpc({
    call: routed.call,
    subscribe(request, callbacks) {
      want();
      return followSubscription(hand.connection, request, callbacks);
    },
  });
  const signIn = (userId: number) => script.change({ type: "signed_in", userId });
  /** Opens a link and puts it in place, until it is lost. */
  async function connect(kind: LinkKind = socketKind, clock?: Clock) {
    const onLost = () => hand.use(undefined);
    const { link } = await openLink(kind, {
      url: via,
      token: person.token,
      onLost,
      ...(clock ? { clock } : {}),
    });
    hand.use(link);
    onTestFinished(() => link.close("cut"));
    return link;
  }
  return { ...hand, trpc, requests, want, connect, close: routed.close, signIn };
}

/** What a raw subscription to events has told. */
function hear(caller: ReturnType<typeof createCaller>, signal?: AbortSignal) {
  const told: string[] = [];
  const texts: string[] = [];
  const errors: unknown[] = [];
  const subscription = caller.trpc.events.stream.subscribe(
    {},
    {
      ...(signal ? { signal } : {}),
      onStarted: () => void told.push("started"),
      onData({ id, data }) {
        expect(id).toEqual(expect.any(String));
        told.push(data.type);
        if (data.type === "message.created") texts.push(data.message.content);
      },
      onConnectionStateChange: ({ state }) => void told.push(state),
      onError: (error) => void errors.push(error),
      onStopped: () => void told.push("stopped"),
      onComplete: () => void told.push("complete"),
    },
  );
  return { told, texts, errors, stop: () => subscription.unsubscribe() };
}

const starts = ({ told }: { readonly told: readonly string[] }) =>
  told.filter((one) => one === "started").length;

const say = (content: string) => person.call("POST", "/messages/", { receiver_id: null, content });

test("calls go over the socket while there is one, else over HTTP", async () => {
  const caller = createCaller();
  await caller.trpc.users.me.query();
  expect(caller.requests).toEqual(["users.me"]);

  await caller.connect();
  expect(await caller.trpc.users.me.query()).toMatchObject({ id: person.id });
  expect(await caller.trpc.messages.send.mutate({ receiver_id: null, content: "a" })).toMatchObject({
    content: "a",
  });
  expect(caller.requests).toEqual(["users.me"]);

  caller.use(undefined);
  await caller.connect("server-sent events");
  await caller.trpc.users.me.query();
  expect(caller.requests).toEqual(["users.me", "users.me"]);
});

test("sign-ins and all else that is about sessions go over HTTP; a socket is renewed on itself", async () => {
  const caller = createCaller();
  await caller.connect();
  const { email } = person;
  await caller.trpc.auth.login.mutate({ email, password });
  await caller.trpc.auth.me.query();
  expect(caller.requests).toEqual(["auth.login", "auth.me"]);
  const renewed = await caller.trpc.auth.renew.mutate({ token: person.token });
  expect(renewed.expires_in).toBeGreaterThan(0);
  expect(caller.requests).toHaveLength(2);
});

test("failures are CauserieErrors, over HTTP and over a socket, with the data of tRPC", async () => {
  const caller = createCaller();
  const failures = [];
  for (const connect of [async () => {}, caller.connect]) {
    await connect();
    failures.push(await failure(caller.trpc.users.get.query({ user_id: 999_999 })));
    failures.push(await failure(caller.trpc.messages.send.mutate({ receiver_id: null, content: "" })));
  }
  const [httpMissing, httpBlank, missing, blank] = failures as CauserieError[];
  expect(missing).toBeInstanceOf(CauserieError);
  expect(missing).toMatchObject({
    code: "NOT_FOUND",
    data: { code: "NOT_FOUND", httpStatus: 404, path: "users.get" },
  });
  expect([missing, blank]).toEqual([httpMissing, httpBlank]);
  expect(blank).toMatchObject({ code: "VALIDATION_FAILED", issues: [{ loc: ["body", "content"] }] });
});

test("libraries of tRPC find the client that takes procedures by their paths; others find no promise", async () => {
  const caller = createCaller();
  expect(await Promise.resolve(caller.trpc)).toBe(caller.trpc);
  const untyped = getUntypedClient(caller.trpc);
  expect(await untyped.query("users.me")).toMatchObject({ id: person.id });
  expect(
    await untyped.mutation("messages.send", { receiver_id: null, content: "by its path" }),
  ).toMatchObject({
    content: "by its path",
  });
  await caller.connect();
  const started = new Promise((resolve) => {
    const subscription = untyped.subscription(
      "events.stream",
      {},
      { onStarted: () => resolve(subscription) },
    );
  });
  ((await started) as { unsubscribe(): void }).unsubscribe();
  expect(caller.listeners()).toBe(0);
});

test("a query whose connection is lost is made once more, over HTTP; a mutation fails with NETWORK", async () => {
  await using proxy = await startCuttableProxy(server.port);
  const caller = createCaller(proxy.url);
  await caller.connect();
  await caller.trpc.users.me.query();
  proxy.hold(true);
  const query = caller.trpc.users.me.query();
  const mutation = failure(caller.trpc.typing.set.mutate({ conversation_id: 1, typing: true }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(caller.requests).toEqual([]);

  proxy.cut();
  expect(await query).toMatchObject({ id: person.id });
  expect(await mutation).toMatchObject({ code: "NETWORK" });
  expect(caller.requests).toEqual(["users.me"]);
});

test.each([
  ["is closed", "ABORTED", (caller) => caller.close()],
  ["has somebody else signed in", "ABORTED", (caller) => caller.signIn(2)],
  [
    "has nobody signed in any more",
    "UNAUTHORIZED",
    (caller) => caller.enter({ state: "auth_lost", reason: "session_ended" }),
  ],
] satisfies [string, string, (caller: ReturnType<typeof createCaller>) => void][])(
  "a query whose connection is lost is not made again by a client that %s",
  async (_what, code, change) => {
    await using proxy = await startCuttableProxy(server.port);
    const caller = createCaller(proxy.url);
    await caller.connect();
    await caller.trpc.users.me.query();
    proxy.hold(true);
    const query = failure(caller.trpc.users.me.query());
    await new Promise((resolve) => setTimeout(resolve, 20));
    change(caller);
    proxy.cut();
    expect(await query).toMatchObject({ code });
    expect(caller.requests).toEqual([]);
  },
);

test("a call that the socket's user is refused goes once more over HTTP, a mutation too; a renewal does not", async () => {
  const caller = createCaller();
  const refusal = new CauserieError("UNAUTHORIZED", "Not valid.", { status: 401 });
  const link = await caller.connect();
  caller.use({ ...link, call: () => Promise.reject(refusal) });
  expect(await caller.trpc.users.me.query()).toMatchObject({ id: person.id });
  const sent = caller.trpc.messages.send.mutate({ receiver_id: null, content: "refused first" });
  expect(await sent).toMatchObject({ content: "refused first" });
  expect(await failure(caller.trpc.auth.renew.mutate({ token: person.token }))).toBe(refusal);
  expect(caller.requests).toEqual(["users.me", "messages.send"]);
});

test("a query that has no answer in time, on a link that goes on, is not made again", async () => {
  await using proxy = await startCuttableProxy(server.port);
  const caller = createCaller(proxy.url);
  const clock = createVirtualClock();
  await caller.connect(socketKind, clock);
  await caller.trpc.users.me.query();
  proxy.hold(true);
  const query = failure(caller.trpc.users.me.query());
  await clock.advance(30_000);
  expect(await query).toMatchObject({ code: "NETWORK" });
  expect(caller.requests).toEqual([]);
});

test("a call that is aborted fails, over a socket as over HTTP", async () => {
  const caller = createCaller();
  for (const connect of [async () => {}, caller.connect]) {
    await connect();
    const abort = new AbortController();
    const call = failure(caller.trpc.users.me.query(undefined, { signal: abort.signal }));
    abort.abort();
    expect(await call).toMatchObject({ code: "ABORTED" });
  }
});

test("a subscription asks for the connection, waits for it, and tells how it stands", async () => {
  const caller = createCaller();
  const heard = hear(caller);
  expect(caller.want).toHaveBeenCalledTimes(1);
  await caller.trpc.users.me.query();
  expect(caller.want).toHaveBeenCalledTimes(1);
  expect(heard.told).toEqual(["connecting"]);
  await caller.connect();
  await expect.poll(() => heard.told).toEqual(["connecting", "pending", "started", "heartbeat"]);
  await say("heard");
  await expect.poll(() => heard.texts).toEqual(["heard"]);

  heard.stop();
  await say("after the stop");
  await caller.trpc.users.me.query();
  expect(heard.texts).toEqual(["heard"]);
  expect(caller.listeners()).toBe(0);
});

test("a subscription goes on from its last item on the next link, of whatever kind, without loss or repetition", async () => {
  await using proxy = await startCuttableProxy(server.port);
  const caller = createCaller(proxy.url);
  const heard = hear(caller);
  const sent: string[] = [];
  const kinds: LinkKind[] = ["the runtime's WebSocket", "server-sent events", "the WebSocket of ws"];
  for (const kind of [...kinds, ...kinds]) {
    const before = starts(heard);
    const link = await caller.connect(kind);
    await expect.poll(() => starts(heard)).toBe(before + 1);
    for (let n = 0; n < 10; n += 1) {
      const content = `${sent.length}`;
      await say(content);
      sent.push(content);
      if (n === 5) proxy.cut();
    }
    await expect.poll(() => caller.connection.link()).toBeUndefined();
    expect(link.transport).toBe(kind === "server-sent events" ? "sse" : "websocket");
  }
  await caller.connect();
  await expect.poll(() => heard.texts).toEqual(sent);
  expect(heard.errors).toEqual([]);
});

test("a link that takes over from another that still works takes the subscription with it, once", async () => {
  const caller = createCaller();
  const heard = hear(caller);
  const first = await caller.connect();
  await expect.poll(() => heard.told).toContain("heartbeat");
  const second = await caller.connect("server-sent events");
  expect(second).not.toBe(first);
  await expect.poll(() => starts(heard)).toBe(2);
  await say("once");
  await expect.poll(() => heard.texts).toEqual(["once"]);
  caller.use(undefined);
  caller.use(second);
  expect(heard.told.slice(-2)).toEqual(["connecting", "pending"]);
  await say("twice");
  await expect.poll(() => heard.texts).toEqual(["once", "twice"]);
});

test("a subscription says why the connection was lost", async () => {
  const caller = createCaller();
  const errors: unknown[] = [];
  caller.trpc.events.stream.subscribe({}, { onConnectionStateChange: ({ error }) => errors.push(error) });
  const lastError = new CauserieError("OVERLOADED", "Later.", { status: 503 });
  caller.enter({ ...waiting, lastError });
  caller.use(undefined);
  expect(errors).toEqual([null, lastError]);
});

test("a subscription that the server refuses ends with its error", async () => {
  const caller = createCaller();
  await caller.connect();
  const error = await new Promise((resolve) => {
    caller.trpc.events.stream.subscribe({ lastEventId: "x".repeat(100) }, { onError: resolve });
  });
  expect(error).toMatchObject({ data: { code: "VALIDATION_FAILED" } });
  expect(caller.listeners()).toBe(0);
});

test("a subscription whose token expired waits for the connection to sign in again", async () => {
  const caller = createCaller();
  const heard = hear(caller);
  const expired = await openLink("server-sent events", { url: server.url, token: "not.a.token" });
  caller.use(expired.link);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([heard.told, heard.errors]).toEqual([["connecting"], []]);
  await caller.connect();
  await expect.poll(() => heard.told).toContain("heartbeat");
});

test("when the session is over, subscriptions and calls fail with UNAUTHORIZED, but for sign-ins", async () => {
  const caller = createCaller();
  const heard = hear(caller);
  await caller.connect();
  await expect.poll(() => heard.told).toContain("heartbeat");
  caller.enter({ state: "auth_lost", reason: "session_ended" });
  const later = hear(caller);
  const call = await failure(caller.trpc.users.me.query());
  for (const error of [...heard.errors, ...later.errors, call]) {
    expect(error).toBeInstanceOf(CauserieError);
    expect(error).toMatchObject({ code: "UNAUTHORIZED", status: 401 });
  }
  expect([heard.errors.length, later.errors.length, caller.requests]).toEqual([1, 1, []]);
  expect(caller.listeners()).toBe(0);

  const { email } = person;
  expect(await caller.trpc.auth.login.mutate({ email, password })).toMatchObject({ token_type: "bearer" });
});

test("what the app has closed is over: subscriptions complete, calls fail with ABORTED", async () => {
  const caller = createCaller();
  const heard = hear(caller);
  caller.enter({ state: "closed", reason: "by_app" });
  expect(heard.told.at(-1)).toBe("complete");
  const { email } = person;
  for (const call of [caller.trpc.users.me.query(), caller.trpc.auth.login.mutate({ email, password })])
    expect(await failure(call)).toMatchObject({ code: "ABORTED" });
  expect(caller.requests).toEqual([]);
});

test("what the server has closed ends subscriptions with an error, and calls go over HTTP", async () => {
  const caller = createCaller();
  const heard = hear(caller);
  caller.enter({ state: "closed", reason: "too_many_connections" });
  expect(heard.errors).toMatchObject([{ code: "ABORTED" }]);
  expect(await caller.trpc.users.me.query()).toMatchObject({ id: person.id });
});

test("the signal of a subscription completes it, as the end of a loop over it does", async () => {
  const caller = createCaller();
  await caller.connect();
  const abort = new AbortController();
  const heard = hear(caller, abort.signal);
  await expect.poll(() => heard.told).toContain("heartbeat");
  abort.abort();
  expect(heard.told.at(-1)).toBe("complete");
  expect(hear(caller, abort.signal).told).toEqual(["connecting", "complete"]);

  for await (const { data } of caller.trpc.events.stream.subscribe({})) {
    expect(data.type).toBe("heartbeat");
    break;
  }
  expect(caller.listeners()).toBe(0);
});

test("a handler that throws is an uncaught error, and the subscription goes on", async () => {
  const caller = createCaller();
  const uncaught: unknown[] = [];
  const before = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException").on("uncaughtException", (error) => uncaught.push(error));
  onTestFinished(() => {
    process.removeAllListeners("uncaughtException");
    for (const listener of before) process.on("uncaughtException", listener);
  });
  const fault = new Error("a fault of the app");
  const types: string[] = [];
  for (const kind of ["the runtime's WebSocket", "the WebSocket of ws", "server-sent events"] as const) {
    const link = await caller.connect(kind);
    const subscription = caller.trpc.events.stream.subscribe(
      {},
      {
        onData({ data }) {
          types.push(data.type);
          throw fault;
        },
      },
    );
    await expect.poll(() => types).toEqual(["heartbeat"]);
    await say("after the fault");
    await expect.poll(() => types).toEqual(["heartbeat", "message.created"]);
    expect([caller.connection.link(), uncaught]).toEqual([link, [fault, fault]]);
    subscription.unsubscribe();
    types.length = uncaught.length = 0;
  }
});
