import type { ConversationItem } from "@causerie/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { startCuttableProxy } from "./cuttable-proxy.ts";
import { reached, signedInClient } from "./signed-in-client.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const textOf = (item: ConversationItem) =>
  `${item.state} ${item.state === "sent" ? item.message.content : item.item.input.content}`;

test("what is written without a network is shown at once, sent once when there is one, and unread elsewhere", async () => {
  await using proxy = await startCuttableProxy(server.port);
  await using writer = await signedInClient(server.url, proxy.url, { platform: { random: () => 0 } });
  await using reader = await signedInClient(server.url);
  const { conversation_id: id } = await writer.client.messages.send({
    receiver_id: reader.person.id,
    content: "before",
  });
  const chat = writer.client.conversation(id);
  const texts = () => chat.getSnapshot().items.map(textOf);
  chat.subscribe(() => undefined);
  const { list } = reader.client.stores;
  const unread = () => [list.getSnapshot().unreadTotal, list.get(id)?.unread_count];
  list.subscribe(() => undefined);
  await expect.poll(texts).toEqual(["sent before"]);
  await expect.poll(unread).toEqual([1, 1]);

  await reached(writer.client, "online");
  proxy.refuse(true);
  proxy.cut();
  await reached(writer.client, "reconnecting");
  const { sent } = chat.send("meanwhile");
  await expect.poll(texts).toEqual(["sent before", "queued meanwhile"]);
  const key = chat.getSnapshot().items[1]?.key;

  proxy.refuse(false);
  expect(await sent).toMatchObject({ content: "meanwhile", seq: 2 });
  await expect.poll(texts).toEqual(["sent before", "sent meanwhile"]);
  expect(chat.getSnapshot().items[1]?.key).toBe(key);
  await expect.poll(unread).toEqual([2, 2]);

  list.markRead(id, 2);
  await expect.poll(unread).toEqual([0, 0]);
  await expect
    .poll(async () => (await reader.client.conversations.get({ conversation_id: id })).last_read_seq, {
      timeout: 5_000,
    })
    .toBe(2);
}, 40_000);

test("who is there and who types is shown while somebody looks", async () => {
  await using watcher = await signedInClient(server.url);
  await using guest = await signedInClient(server.url);
  const { conversation_id: id } = await guest.client.messages.send({
    receiver_id: watcher.person.id,
    content: "Bonjour",
  });
  const status = watcher.client.stores.presence.of(guest.person.id);
  const typists = watcher.client.stores.typing.of(id);
  status.subscribe(() => undefined);
  typists.subscribe(() => undefined);
  await expect.poll(status.getSnapshot, { timeout: 5_000 }).toBe("offline");

  guest.client.connection.connect();
  await expect.poll(status.getSnapshot, { timeout: 5_000 }).toBe("online");
  guest.client.stores.typing.set(id, true);
  await expect.poll(typists.getSnapshot, { timeout: 5_000 }).toEqual([guest.person.id]);
  guest.client.stores.typing.set(id, false);
  await expect.poll(typists.getSnapshot, { timeout: 5_000 }).toEqual([]);
});

test("a sign-out deletes what waits to be sent", async () => {
  await using proxy = await startCuttableProxy(server.port);
  await using own = await signedInClient(server.url, proxy.url);
  const { client, person } = own;
  await client.auth.me();
  proxy.refuse(true);
  proxy.cut();
  const { sent } = client.outbox.send({ receiver_id: person.id, content: "never" });
  const given = expect(sent).rejects.toMatchObject({ code: "ABORTED" });
  await client.auth.logout();
  await given;
  expect(client.outbox.getSnapshot()).toEqual([]);

  proxy.refuse(false);
  expect(await (await person.call("GET", "/messages/")).text()).not.toContain("never");
});
