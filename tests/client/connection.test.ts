import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConnectionEvents } from "../../packages/client/src/connection/connection-events.ts";
import { createConnection } from "../../packages/client/src/connection/create-connection.ts";
import { createFeed } from "../../packages/client/src/feed/create-feed.ts";
import type { Outcome } from "../../packages/client/src/feed/feed.ts";
import { createEmitter } from "../../packages/client/src/lib/emitter.ts";
import { systemClock } from "../../packages/client/src/platform/clock.ts";
import type { Signal } from "../../packages/client/src/platform/platform.ts";
import type { Session } from "../../packages/client/src/session/session.ts";
import { createPerson, signIn, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { startCuttableProxy } from "./cuttable-proxy.ts";
import { linkOpener } from "./open-link.ts";

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await startTestServer();
  person = await createPerson(server.url);
});
afterAll(() => server[Symbol.asyncDispose]());

/** A session of somebody whose tokens are at hand, one after another. */
function sessionOf(userId: number, tokens: string[]): Session {
  return {
    userId: () => userId,
    lost: () => undefined,
    token: async (refused) => (refused === undefined ? tokens[0] : tokens[(tokens.shift(), 0)]),
    current: () => tokens[0],
    isStale: () => false,
    adopt: () => Promise.reject(new Error("Not here.")),
    end: () => Promise.resolve(),
    onChange: () => () => undefined,
    close: () => undefined,
  };
}

/** A WebSocket that no network lets through, until it is told to. */
function createBlockedSocket() {
  const network = { isOpen: false };
  const Blocked = function (url: string) {
    return new WebSocket(network.isOpen ? url : "ws://127.0.0.1:1/");
  };
  return { network, Blocked };
}

interface Way {
  readonly tokens?: string[];
  readonly WebSocket?: unknown;
}

/** A connection over real links, which is faster in everything. */
function connectTo(url: string, { tokens = [person.token], WebSocket = globalThis.WebSocket }: Way = {}) {
  const emitter = createEmitter<ConnectionEvents>();
  const session = sessionOf(person.id, tokens);
  const told: [keyof ConnectionEvents, unknown][] = [];
  for (const name of ["state", "transport", "resume", "probe", "error", "attempt_failed"] as const)
    emitter.on(name, (payload) => told.push([name, payload]));
  const deps = { clock: systemClock, random: Math.random, emitter };
  const feed = createFeed({ ...deps, userId: session.userId });
  const texts: string[] = [];
  const outcomes: Outcome[] = [];
  feed.onEvent((event) => {
    if (event.type === "message.created") texts.push(event.message.content);
  });
  feed.onOutcome((outcome) => void outcomes.push(outcome));
  let signal: (signal: Signal) => void = () => undefined;
  const connection = createConnection({
    ...deps,
    session,
    feed,
    links: {
      websocket: linkOpener("the runtime's WebSocket", { url, token: tokens[0], WebSocket }),
      sse: linkOpener("server-sent events", { url, token: tokens[0] }),
    },
    signals: {
      on(listener) {
        signal = listener;
        return () => undefined;
      },
    },
    timings: { spans: [50, 100, 200], stable: 200, probe: 300, wakeSpread: 10 },
  });
  connection.connect();
  return {
    ...{ connection, feed, texts, outcomes, told },
    signal: (given: Signal) => signal(given),
    state: () => connection.getSnapshot(),
    [Symbol.dispose]: () => {
      connection.close();
      feed.close();
    },
  };
}

const say = (content: string) => person.call("POST", "/messages/", { receiver_id: null, content });
const online = (transport: string) => ({ state: "online", transport });

test("a client comes online with a snapshot, and hears what is said", async () => {
  using client = connectTo(server.url);
  await expect.poll(client.state).toEqual(online("websocket"));
  expect(client.outcomes).toMatchObject([
    { outcome: "reset", reason: "no_cursor", snapshot: { user: { id: person.id } } },
  ]);
  await say("Bonjour");
  await expect.poll(() => client.texts).toEqual(["Bonjour"]);
});

test("whatever the network cuts, each message is heard once and in order, and the outcome says how many were missed", async () => {
  await using proxy = await startCuttableProxy(server.port);
  using client = connectTo(proxy.url);
  await expect.poll(client.state).toEqual(online("websocket"));
  const said: string[] = [];
  for (let round = 0; round < 6; round += 1) {
    for (let number = 0; number < 10; number += 1) {
      const text = `${round}.${number}`;
      if (number === round) proxy.cut();
      await say(text);
      said.push(text);
    }
    await expect.poll(() => client.texts, { timeout: 5_000 }).toEqual(said);
    await expect.poll(client.state).toMatchObject({ state: "online" });
  }
  expect(client.outcomes.slice(1).map(({ outcome }) => outcome)).toContain("caught_up");
  expect(client.outcomes).toHaveLength(7);
});

test("where WebSockets do not get through, SSE takes over; it gives way when they do, and nothing comes twice", async () => {
  const { network, Blocked } = createBlockedSocket();
  using client = connectTo(server.url, { WebSocket: Blocked });
  await expect.poll(client.state, { timeout: 5_000 }).toEqual(online("sse"));
  await say("over SSE");
  await expect.poll(() => client.texts).toEqual(["over SSE"]);
  network.isOpen = true;
  client.signal("network_there");
  await expect.poll(client.state).toEqual(online("websocket"));
  await say("over WebSocket");
  await expect.poll(() => client.texts).toEqual(["over SSE", "over WebSocket"]);
  const transports = client.told.filter(([name]) => name === "transport").map(([, payload]) => payload);
  expect(transports).toEqual([
    { from: "websocket", to: "sse" },
    { from: "sse", to: "websocket" },
  ]);
  const states = client.told.filter(([name]) => name === "state").map(([, payload]) => payload);
  expect(states).not.toContainEqual(expect.objectContaining({ state: "reconnecting" }));
});

test("a network that holds everything back is found out by a wake-up", async () => {
  await using proxy = await startCuttableProxy(server.port);
  using client = connectTo(proxy.url);
  await expect.poll(client.state).toEqual(online("websocket"));
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  client.signal("shown");
  await expect.poll(() => client.told.filter(([name]) => name === "probe")).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  proxy.hold(true);
  client.signal("shown");
  await expect.poll(client.state).toMatchObject({ state: "reconnecting" });
  proxy.hold(false);
  await expect.poll(client.state, { timeout: 15_000 }).toMatchObject({ state: "online" });
  expect(client.told).toContainEqual(["probe", expect.objectContaining({ cause: "shown", ok: true })]);
  expect(client.told).toContainEqual(["probe", expect.objectContaining({ cause: "shown", ok: false })]);
}, 30_000);

test("a token that the server refuses is exchanged once; a second refusal ends the session", async () => {
  const fresh = await signIn(server.url, person);
  using renewed = connectTo(server.url, { tokens: ["not.a.token", fresh.token] });
  await expect.poll(renewed.state).toEqual(online("websocket"));
  using lost = connectTo(server.url, { tokens: ["not.a.token", "nor.is.this"] });
  await expect.poll(lost.state).toEqual({ state: "auth_lost", reason: "session_ended" });
});

test("a session that is revoked while online, and over SSE as well, ends", async () => {
  for (const WebSocket of [globalThis.WebSocket, createBlockedSocket().Blocked]) {
    const other = await signIn(server.url, person);
    using client = connectTo(server.url, { tokens: [other.token, other.token], WebSocket });
    await expect.poll(client.state, { timeout: 5_000 }).toMatchObject({ state: "online" });
    await other.call("POST", "/auth/logout");
    await expect
      .poll(client.state, { timeout: 5_000 })
      .toEqual({ state: "auth_lost", reason: "session_ended" });
  }
});
