import { createCalls, createClient, type FeedResetReason, type Signal, type Signals } from "@causerie/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createPerson } from "../support/people.ts";
import { createStorage } from "../support/storage.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { startCuttableProxy } from "./cuttable-proxy.ts";
import { hear, reached, signedInClient, subscribed } from "./signed-in-client.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** The waits of the back-off are as short as chance may make them. */
const soon = { platform: { random: () => 0 } };

function createHandMadeSignals(): Signals & { give(signal: Signal): void } {
  const listeners = new Set<(signal: Signal) => void>();
  return {
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    give: (signal) => listeners.forEach((listener) => listener(signal)),
  };
}

/** A WebSocket class to hand in, and how many of it were made. */
function createCountedSockets() {
  const counted = { made: 0, platform: {} as { WebSocket: typeof globalThis.WebSocket } };
  class CountedSocket extends WebSocket {
    constructor(url: string) {
      super(url);
      counted.made += 1;
    }
  }
  counted.platform.WebSocket = CountedSocket as unknown as typeof globalThis.WebSocket;
  return counted;
}

test("delivers what is sent, edited and deleted, each with its cursor", async () => {
  await using sender = await signedInClient(server.url);
  await using receiver = await signedInClient(server.url);
  const heard = await subscribed(receiver.client);

  const { id } = await sender.client.messages.send({ receiver_id: receiver.person.id, content: "Bonjour" });
  await sender.client.messages.edit({ message_id: id, content: "Bonsoir" });
  await sender.client.messages.delete({ message_id: id });

  await expect.poll(() => heard.types.at(-1)).toBe("message.deleted");
  expect(heard.types.filter((type) => type.startsWith("message."))).toEqual([
    ...["message.created", "message.updated", "message.deleted"],
  ]);
  expect(new Set(heard.cursors).size).toBe(heard.cursors.length);
});

test("begins with what holds now, after which nothing is missed", async () => {
  await using own = await signedInClient(server.url);
  const send = (content: string) => own.client.messages.send({ receiver_id: own.person.id, content });
  await send("before");
  const heard = hear();
  const unread = await new Promise<string | undefined>((resolve) => {
    own.client.events.subscribe({
      ...heard.handlers,
      async reset(reason, snapshot) {
        await send("at once");
        await heard.handlers.reset(reason, snapshot);
        resolve(snapshot.conversations[0]?.last_message?.content);
      },
    });
  });
  expect(unread).toBe("before");
  expect(heard.outcomes).toEqual(["reset no_cursor"]);
  await expect.poll(() => heard.texts).toEqual(["at once"]);
});

test("a cut connection loses nothing and repeats nothing, and each return is told", async () => {
  await using proxy = await startCuttableProxy(server.port);
  await using sender = await signedInClient(server.url);
  // Connections that die soon are made again later and later, but at once when the user comes back to the page.
  const signals = createHandMadeSignals();
  const platform = { ...soon.platform, signals };
  await using receiver = await signedInClient(server.url, proxy.url, { platform });
  const heard = await subscribed(receiver.client);
  const sent: string[] = [];
  const newest = () => {
    signals.give("shown");
    return heard.texts.at(-1);
  };

  for (let round = 0; round < 5; round += 1) {
    for (let count = 0; count < 20; count += 1) {
      const content = `${round}.${count}`;
      const sending = sender.client.messages.send({ receiver_id: receiver.person.id, content });
      if (count === 10) proxy.cut();
      await sending;
      sent.push(content);
    }
    await expect.poll(newest, { timeout: 10_000 }).toBe(sent.at(-1));
    await reached(receiver.client, "online");
  }
  expect(heard.texts).toEqual(sent);
  const [first, ...later] = heard.outcomes;
  expect(first).toBe("reset no_cursor");
  expect(later).toHaveLength(5);
  for (const outcome of later) expect(outcome).toMatch(/^(resumed|caught up \d+)$/);
});

test("a server that restarts is found again, and what was stored meanwhile is delivered", async () => {
  await using storage = await createStorage();
  const before = await startTestServer({}, { storage });
  await using proxy = await startCuttableProxy(before.port);
  await using own = await signedInClient(before.url, proxy.url, soon);
  const heard = await subscribed(own.client);

  await before.stop();
  await reached(own.client, "reconnecting");
  await using after = await startTestServer({}, { storage });
  proxy.leadTo(after.port);
  const calls = createCalls({ url: after.url, token: own.person.token });
  await calls.messages.send({ receiver_id: own.person.id, content: "while away" });

  await expect.poll(() => heard.texts, { timeout: 15_000 }).toEqual(["while away"]);
  expect(heard.outcomes[0]).toBe("reset no_cursor");
}, 30_000);

test("resumes in another client from the cursor that was kept", async () => {
  await using sender = await signedInClient(server.url);
  const receiver = await signedInClient(server.url);
  const send = (content: string) => sender.client.messages.send({ receiver_id: receiver.person.id, content });
  const before = await subscribed(receiver.client);
  await send("heard by the first");
  await expect.poll(() => before.texts).toEqual(["heard by the first"]);
  await receiver.client.close();
  await send("sent in between");

  const { token, id: userId } = receiver.person;
  const start = { cursor: before.cursors.at(-1)!, userId };
  const later = createClient({ url: server.url, token, start });
  const after = await subscribed(later);
  expect(after.texts).toEqual(["sent in between"]);
  expect(after.outcomes).toEqual(["caught up 1"]);
  await later.close();
});

test.each<[string, FeedResetReason, (userId: number) => { cursor: string; userId: number }]>([
  ["of another server", "epoch_changed", (userId) => ({ cursor: "another-epoch:7", userId })],
  ["that is none", "cursor_refused", (userId) => ({ cursor: "?", userId })],
  ["of another user", "other_user", (userId) => ({ cursor: "another-epoch:7", userId: userId + 1 })],
])("a cursor %s begins with a reset", async (_what, reason, startOf) => {
  const person = await createPerson(server.url);
  const client = createClient({ url: server.url, token: person.token, start: startOf(person.id) });
  const heard = await subscribed(client);
  expect(heard.outcomes).toEqual([`reset ${reason}`]);
  await client.close();
});

test("a stopped subscription hears nothing more, the others go on", async () => {
  await using own = await signedInClient(server.url);
  const stopped = hear();
  const subscription = own.client.events.subscribe(stopped.handlers);
  const running = await subscribed(own.client);
  subscription.unsubscribe();
  await own.client.messages.send({ receiver_id: own.person.id, content: "after the stop" });
  await expect.poll(() => running.texts).toEqual(["after the stop"]);
  expect(stopped.texts).toEqual([]);
});

test("whatever listens shares one connection, which takes a WebSocket class for runtimes without one", async () => {
  const sockets = createCountedSockets();
  await using own = await signedInClient(server.url, server.url, { platform: sockets.platform });
  const { client } = own;
  await subscribed(client);
  await subscribed(client);
  await new Promise<void>((resolve) => {
    client.presence.subscribe(() => undefined, { onStarted: resolve });
  });
  client.stores.list.subscribe(() => undefined);
  await expect.poll(() => client.stores.list.getSnapshot().status).toBe("ready");
  expect(sockets.made).toBe(1);
});

test("a session that is ended elsewhere is lost, and no connection is tried again", async () => {
  await using proxy = await startCuttableProxy(server.port);
  await using own = await signedInClient(server.url, proxy.url, soon);
  const lost: unknown[] = [];
  own.client.on("auth_lost", ({ reason }) => lost.push(reason));
  await subscribed(own.client);
  await own.person.call("POST", "/auth/logout");

  await reached(own.client, "auth_lost");
  expect(lost).toEqual(["session_ended"]);
  const taken = proxy.taken();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(proxy.taken()).toBe(taken);
  expect(own.client.auth.lost()).toBe("session_ended");
});

test("a token that the server refuses is not tried for ever", async () => {
  await using proxy = await startCuttableProxy(server.port);
  const client = createClient({ url: proxy.url, token: "not-a-token", ...soon });
  client.connection.connect();
  await reached(client, "auth_lost");
  expect(proxy.taken()).toBeLessThanOrEqual(3);
  await client.close();
});

test("a server that is not there yet is reported and waited for", async () => {
  await using proxy = await startCuttableProxy(server.port);
  await using own = await signedInClient(server.url, proxy.url, soon);
  proxy.refuse(true);
  const failed = new Promise((resolve) => own.client.on("attempt_failed", resolve));
  const online = subscribed(own.client);
  expect(await failed).toMatchObject({ code: "NETWORK", attempt: 0 });
  expect(own.client.connection.getSnapshot()).toMatchObject({ state: "connecting", phase: "waiting" });
  proxy.refuse(false);
  expect((await online).outcomes).toEqual(["reset no_cursor"]);
});

test("a client that is closed is silent, keeps nothing open and makes no calls", async () => {
  await using proxy = await startCuttableProxy(server.port);
  const { client, person } = await signedInClient(server.url, proxy.url);
  const heard = await subscribed(client);
  await client.close();
  expect(client.connection.getSnapshot()).toEqual({ state: "closed", reason: "by_app" });
  await person.call("POST", "/messages/", { receiver_id: person.id, content: "too late" });
  await expect(client.auth.me()).rejects.toMatchObject({ code: "ABORTED" });
  expect(heard.texts).toEqual([]);
});

test("goes on without any WebSocket, over server-sent events", async () => {
  await using own = await signedInClient(server.url, server.url, { platform: { WebSocket: undefined } });
  const heard = await subscribed(own.client);
  expect(own.client.connection.getSnapshot()).toEqual({ state: "online", transport: "sse" });
  await own.client.messages.send({ receiver_id: own.person.id, content: "without a socket" });
  await expect.poll(() => heard.texts).toEqual(["without a socket"]);
});
