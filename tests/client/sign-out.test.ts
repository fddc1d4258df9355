import { createClient, CauserieError } from "@causerie/client";
import { createFaultyNetwork } from "@causerie/client/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPeople, createPerson, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { failure, signedInClient } from "./signed-in-client.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const credentialsOf = ({ email, password }: Person) => ({ email, password });

/** A client of `person` with a message that the network does not let through until it is told to. */
async function withWaitingMessage(person: Person, content: string) {
  const network = createFaultyNetwork({ seed: 1 });
  const { fetch, WebSocket } = network;
  const client = createClient({ url: server.url, platform: { fetch, WebSocket } });
  await client.auth.login(credentialsOf(person));
  const blocked = network.drop({ to: "server", path: "messages.send" });
  const { sent } = client.outbox.send({ receiver_id: null, content });
  const outcome = sent.then(
    (message) => message?.content,
    (error: unknown) => (error instanceof CauserieError ? error.code : error),
  );
  await expect.poll(() => blocked.count).toBeGreaterThan(0);
  return { client, outcome, letThrough: () => blocked.stop() };
}

/** The texts that everybody may read. */
const publicTexts = async (person: Person) => {
  const response = await person.call("GET", "/messages/");
  return ((await response.json()) as { readonly content: string }[]).map(({ content }) => content);
};

test("what waits is forgotten with a sign-out", async () => {
  const person = await createPerson(server.url);
  const { client, outcome, letThrough } = await withWaitingMessage(person, "forgotten");
  await client.auth.logout();
  expect(await outcome).toBe("ABORTED");
  letThrough();
  await client.auth.login(credentialsOf(person));
  expect(client.outbox.getSnapshot()).toEqual([]);
  // Whatever had waited would have gone out before this.
  await client.outbox.send({ receiver_id: null, content: "another" }).sent;
  expect(await publicTexts(person)).not.toContain("forgotten");
  await client.close();
});

test("with keepOutbox it waits for the same user, and nobody else sends it", async () => {
  const person = await createPerson(server.url);
  const other = await createPerson(server.url);
  const { client, letThrough } = await withWaitingMessage(person, "kept for its author");
  await client.auth.logout({ keepOutbox: true });
  letThrough();
  expect(await failure(client.users.me())).toMatchObject({ code: "UNAUTHORIZED" });

  await client.auth.login(credentialsOf(other));
  const { sent } = client.outbox.send({ receiver_id: null, content: "from somebody else" });
  expect(await sent).toMatchObject({ content: "from somebody else", sender_id: other.id });
  expect(client.outbox.getSnapshot()).toEqual([]);
  expect(await publicTexts(other)).not.toContain("kept for its author");

  await client.auth.logout({ keepOutbox: true });
  await client.auth.login(credentialsOf(person));
  await expect.poll(() => publicTexts(person), { timeout: 10_000 }).toContain("kept for its author");
  const stored = (await publicTexts(person)).filter((content) => content === "kept for its author");
  expect(stored).toHaveLength(1);
  await client.close();
});

test("after a session that ended nothing of it is shown to another user, nor marked as read in their name", async () => {
  const [person, other] = await createPeople(server.url, "Marie", "Jean");
  await using writer = await signedInClient(server.url);
  const create = async (name: string) => {
    const { id } = await writer.client.conversations.create({
      ...{ kind: "group", name },
      member_ids: [person.id, other.id],
    });
    await writer.client.messages.send({ conversation_id: id, content: "Bonjour" });
    return id;
  };
  const ids = [await create("one"), await create("two")] as const;
  const client = createClient({ url: server.url });
  const { list } = client.stores;
  const known = () => ids.map((id) => list.get(id) !== undefined);
  const lost: string[] = [];
  client.on("auth_lost", ({ reason }) => lost.push(reason));
  list.subscribe(() => undefined);
  await client.auth.login(credentialsOf(person));
  await expect.poll(known).toEqual([true, true]);

  await using elsewhere = await signedInClient(server.url, server.url, { token: person.token });
  await elsewhere.client.auth.sessions.revokeOthers();
  await expect.poll(() => lost, { timeout: 10_000 }).toEqual(["session_ended"]);
  expect(known()).toEqual([true, true]);
  list.markRead(ids[0], 1);

  await client.auth.login(credentialsOf(other));
  expect(known()).toEqual([false, false]);
  await expect.poll(known).toEqual([true, true]);
  // Whatever had waited would go out with this.
  list.markRead(ids[1], 1);
  const markers = () =>
    Promise.all(
      ids.map(async (id) => (await client.conversations.get({ conversation_id: id })).last_read_seq),
    );
  await expect.poll(markers, { timeout: 10_000 }).toEqual([0, 1]);
  await client.close();
});
