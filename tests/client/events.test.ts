import { createClient, type PresenceEvent, type ServerEvent, type WatchEvent } from "@causerie/client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { createPerson } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { startCuttableProxy } from "./cuttable-proxy.ts";
import { hearTexts, signedInClient, started } from "./signed-in-client.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

test("delivers what is sent, edited and deleted, each with its cursor", async () => {
  await using sender = await signedInClient(server.url);
  await using receiver = await signedInClient(server.url);
  const heard: { event: ServerEvent; cursor: string }[] = [];
  await started((onStarted) =>
    receiver.client.events.subscribe((event, cursor) => heard.push({ event, cursor }), { onStarted }),
  );

  const { id } = await sender.client.messages.send({ receiver_id: receiver.person.id, content: "Bonjour" });
  await sender.client.messages.edit({ message_id: id, content: "Bonsoir" });
  await sender.client.messages.delete({ message_id: id });

  const ofMessages = () => heard.filter(({ event }) => event.type.startsWith("message."));
  await expect.poll(() => ofMessages().at(-1)?.event.type).toBe("message.deleted");
  expect(new Set(ofMessages().map(({ cursor }) => cursor)).size).toBe(ofMessages().length);
});

test("a message sent as soon as the subscription has started is never missed", async () => {
  await using own = await signedInClient(server.url);
  const heard = hearTexts();
  await started((onStarted) => own.client.events.subscribe(heard.handle, { onStarted }));
  await own.client.messages.send({ receiver_id: own.person.id, content: "at once" });
  await expect.poll(() => heard.texts).toEqual(["at once"]);
});

test("a cut connection loses nothing and repeats nothing", async () => {
  await using proxy = await startCuttableProxy(server.port);
  await using sender = await signedInClient(server.url);
  await using receiver = await signedInClient(server.url, proxy.url);
  const heard = hearTexts();
  const sent: string[] = [];
  const onInterrupted = vi.fn();
  await started((onStarted) => receiver.client.events.subscribe(heard.handle, { onStarted, onInterrupted }));

  for (let round = 0; round < 5; round += 1) {
    for (let count = 0; count < 20; count += 1) {
      const content = `${round}.${count}`;
      const sending = sender.client.messages.send({ receiver_id: receiver.person.id, content });
      if (count === 10) proxy.cut();
      await sending;
      sent.push(content);
    }
    await expect.poll(() => heard.texts.at(-1), { timeout: 10_000 }).toBe(sent.at(-1));
  }
  expect(heard.texts).toEqual(sent);
  expect(onInterrupted).toHaveBeenCalledWith(expect.objectContaining({ code: "NETWORK" }));
});

test("resumes from a cursor that was kept, in another client", async () => {
  await using sender = await signedInClient(server.url);
  const receiver = await signedInClient(server.url);
  const before = hearTexts();
  const send = (content: string) => sender.client.messages.send({ receiver_id: receiver.person.id, content });
  await started((onStarted) => receiver.client.events.subscribe(before.handle, { onStarted }));
  await send("heard by the first");
  await expect.poll(() => before.texts).toEqual(["heard by the first"]);
  await receiver.client.close();
  await send("sent in between");

  await using later = createDisposableClient(receiver.person.token);
  const after = hearTexts();
  later.client.events.subscribe(after.handle, { cursor: before.cursor });
  await expect.poll(() => after.texts).toEqual(["sent in between"]);
});

function createDisposableClient(token: string) {
  const client = createClient({ url: server.url, token });
  return { client, [Symbol.asyncDispose]: () => client.close() };
}

test("a cursor of another server begins with a reset", async () => {
  await using own = await signedInClient(server.url);
  const events: ServerEvent[] = [];
  own.client.events.subscribe((event) => events.push(event), { cursor: "another-epoch:7" });
  await expect.poll(() => events[0]).toEqual({ type: "reset", reason: "epoch_changed" });
});

test("a stopped subscription hears nothing more, the others go on", async () => {
  await using own = await signedInClient(server.url);
  const stopped = hearTexts();
  const running = hearTexts();
  const subscription = own.client.events.subscribe(stopped.handle);
  await started((onStarted) => own.client.events.subscribe(running.handle, { onStarted }));
  subscription.unsubscribe();
  await own.client.messages.send({ receiver_id: own.person.id, content: "after the stop" });
  await expect.poll(() => running.texts).toEqual(["after the stop"]);
  expect(stopped.texts).toEqual([]);
});

test("presence tells who is online, who comes, and broadcasts", async () => {
  await using watcher = await signedInClient(server.url);
  await using guest = await signedInClient(server.url);
  const events: PresenceEvent[] = [];
  await started((onStarted) =>
    watcher.client.presence.subscribe((event) => events.push(event), { onStarted }),
  );
  expect(events[0]).toMatchObject({
    type: "presence.snapshot",
    user_ids: expect.arrayContaining([watcher.person.id]),
  });

  await started((onStarted) => guest.client.events.subscribe(() => undefined, { onStarted }));
  await expect
    .poll(() => events)
    .toContainEqual(
      expect.objectContaining({ type: "presence.changed", user_id: guest.person.id, status: "online" }),
    );

  await guest.client.users.broadcast({ message: "to everybody" });
  await expect
    .poll(() => events)
    .toContainEqual(expect.objectContaining({ type: "broadcast", message: "to everybody" }));
});

test("watching tells of the people and conversations named, also after a lost connection", async () => {
  await using proxy = await startCuttableProxy(server.port);
  await using watcher = await signedInClient(server.url, proxy.url);
  await using guest = await signedInClient(server.url);
  const { conversation_id } = await watcher.client.messages.send({
    receiver_id: guest.person.id,
    content: "Bonjour",
  });
  const events: WatchEvent[] = [];
  const input = { user_ids: [guest.person.id], conversation_ids: [conversation_id] };
  await started((onStarted) =>
    watcher.client.presence.watch(input, (event) => events.push(event), { onStarted }),
  );
  const states = (status: string) => ({
    type: "presence.states",
    users: [{ user_id: guest.person.id, status }],
    conversation_ids: [conversation_id],
  });
  expect(events).toMatchObject([states("offline")]);

  await started((onStarted) => guest.client.events.subscribe(() => undefined, { onStarted }));
  await expect
    .poll(() => events[1], { timeout: 5_000 })
    .toMatchObject({ type: "presence.changed", user_id: guest.person.id, status: "online" });
  const shown = await guest.client.typing.set({ conversation_id, typing: true });
  await expect.poll(() => events[2]).toEqual({ type: "typing", user_id: guest.person.id, ...shown });

  proxy.cut();
  await expect.poll(() => events[3], { timeout: 10_000 }).toMatchObject(states("online"));
});

test("all subscriptions share one connection", async () => {
  await using proxy = await startCuttableProxy(server.port);
  await using own = await signedInClient(server.url, proxy.url);
  await started((onStarted) => own.client.events.subscribe(() => undefined, { onStarted }));
  await started((onStarted) => own.client.presence.subscribe(() => undefined, { onStarted }));
  expect(proxy.taken()).toBe(1);
});

test("signing out ends the subscriptions with UNAUTHORIZED, and no connection is tried again", async () => {
  await using proxy = await startCuttableProxy(server.port);
  await using own = await signedInClient(server.url, proxy.url);
  const errors: unknown[] = [];
  await started((onStarted) =>
    own.client.events.subscribe(() => undefined, { onStarted, onError: (error) => errors.push(error) }),
  );
  await own.person.call("POST", "/auth/logout");

  await expect.poll(() => errors, { timeout: 5000 }).toHaveLength(1);
  expect(errors[0]).toMatchObject({ code: "UNAUTHORIZED", status: 401 });
  await expect.poll(proxy.open).toBe(0);
  expect(proxy.taken()).toBeLessThanOrEqual(2);
});

test("a token that the server refuses ends the subscription instead of connecting for ever", async () => {
  await using proxy = await startCuttableProxy(server.port);
  const client = createClient({ url: proxy.url, token: "not-a-token" });
  const error = await new Promise((resolve) => {
    client.events.subscribe(() => undefined, { onError: resolve });
  });
  expect(error).toMatchObject({ code: "UNAUTHORIZED" });
  await expect.poll(proxy.open).toBe(0);
  expect(proxy.taken()).toBeLessThanOrEqual(2);
  await client.close();
});

test("a server that is not there yet is reported and waited for", async () => {
  await using proxy = await startCuttableProxy(server.port);
  await using own = await signedInClient(server.url, proxy.url);
  proxy.refuse(true);
  let isStarted = false;
  const interrupted = await new Promise((resolve) => {
    own.client.events.subscribe(() => undefined, {
      onInterrupted: resolve,
      onStarted: () => (isStarted = true),
    });
  });
  expect(interrupted).toMatchObject({ code: "NETWORK" });
  proxy.refuse(false);
  await expect.poll(() => isStarted, { timeout: 10_000 }).toBe(true);
});

test("closing ends the subscriptions without an error; the client can be used again", async () => {
  const { client, person } = await signedInClient(server.url);
  const onError = vi.fn();
  const before = hearTexts();
  await started((onStarted) => client.events.subscribe(before.handle, { onStarted, onError }));
  await client.close();

  const after = hearTexts();
  await started((onStarted) => client.events.subscribe(after.handle, { onStarted }));
  await client.messages.send({ receiver_id: person.id, content: "after closing" });
  await expect.poll(() => after.texts).toEqual(["after closing"]);
  expect(before.texts).toEqual([]);
  expect(onError).not.toHaveBeenCalled();
  await client.close();
});

test("takes a WebSocket class for runtimes without one", async () => {
  const person = await createPerson(server.url);
  let made = 0;
  class CountingWebSocket extends WebSocket {
    constructor(url: string) {
      super(url);
      made += 1;
    }
  }
  const client = createClient({
    url: server.url,
    token: person.token,
    WebSocket: CountingWebSocket as unknown as typeof globalThis.WebSocket,
  });
  await started((onStarted) => client.events.subscribe(() => undefined, { onStarted }));
  expect(made).toBe(1);
  await client.close();
});
