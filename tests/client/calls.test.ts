import { createCalls, createClient } from "@causerie/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPerson, password, signIn } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { failure, reached, signedInClient, subscribed } from "./signed-in-client.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

test("registers, signs in and signs out, here and on the server", async () => {
  const client = createClient({ url: server.url });
  const account = { name: "Ana", email: "ana@example.com", password };

  const registered = await client.auth.register(account);
  expect(registered).toMatchObject({ id: expect.any(Number), name: "Ana", email: "ana@example.com" });

  const { access_token, user_id } = await client.auth.login({ email: account.email, password });
  expect(user_id).toBe(registered.id);
  expect(client.auth.userId()).toBe(registered.id);
  expect(await client.auth.accessToken()).toBe(access_token);
  expect(await client.auth.me()).toEqual(registered);

  await client.auth.logout();
  expect(client.auth.lost()).toBe("signed_out");
  expect(await failure(client.auth.me())).toMatchObject({ code: "UNAUTHORIZED" });
  const calls = createCalls({ url: server.url, token: access_token });
  expect(await failure(calls.auth.me())).toMatchObject({ code: "UNAUTHORIZED" });
});

test("signs in with the OAuth2 form's fields", async () => {
  const person = await createPerson(server.url);
  const { auth } = createCalls({ url: server.url });
  const { access_token, token_type } = await auth.token({ username: person.email, password });
  expect(token_type).toBe("bearer");
  const { users } = createCalls({ url: server.url, token: access_token });
  expect(await users.me()).toMatchObject({ id: person.id });
});

test("refreshes with the refresh token, and with the access token in use", async () => {
  const person = await createPerson(server.url);
  let token: string | undefined;
  const calls = createCalls({ url: server.url, token: () => token });

  const refreshed = await calls.auth.refresh({ refresh_token: person.refreshToken });
  expect(refreshed.refresh_token).not.toBe(person.refreshToken);
  token = refreshed.access_token;

  const renewed = await calls.auth.refresh();
  expect(await failure(calls.auth.me())).toMatchObject({ code: "UNAUTHORIZED" });
  token = renewed.access_token;
  expect(await calls.auth.me()).toMatchObject({ id: person.id });
});

test("finds people, and shows and changes one's own profile", async () => {
  const { client, person } = await signedInClient(server.url);
  const other = await createPerson(server.url, "Zoe Unusual");

  expect(await client.users.list({ query: "zoe unus" })).toEqual([
    { id: other.id, name: "Zoe Unusual", created_at: expect.any(String), updated_at: expect.any(String) },
  ]);
  expect((await client.users.list()).map(({ id }) => id)).toEqual(
    expect.arrayContaining([person.id, other.id]),
  );
  expect(await client.users.get({ user_id: other.id })).toMatchObject({ name: "Zoe Unusual" });
  expect(await client.users.updateMe({ name: "Renamed" })).toMatchObject({ name: "Renamed" });
  expect(await client.users.me()).toMatchObject({ name: "Renamed", email: person.email });
});

test("tells who is online", async () => {
  await using watcher = await signedInClient(server.url);
  await using watched = await signedInClient(server.url);
  const { client } = watcher;
  const { id } = watched.person;

  expect(await client.users.active.status({ user_id: id })).toMatchObject({ user_id: id, is_active: false });
  await new Promise<void>((resolve) => {
    watched.client.presence.subscribe(() => undefined, { onStarted: resolve });
  });
  expect(await client.users.active.status({ user_id: id })).toMatchObject({ is_active: true });
  expect((await client.users.active.list()).active_users).toContain(id);
  expect(await client.messages.onlineUsers()).toContain(id);
});

test("sends, lists, edits and deletes messages", async () => {
  const { client, person } = await signedInClient(server.url);
  const other = await createPerson(server.url);

  const sent = await client.messages.send({ receiver_id: other.id, content: "Bonjour" });
  expect(sent).toMatchObject({
    sender_id: person.id,
    receiver_id: other.id,
    content: "Bonjour",
    seq: 1,
    duplicate: false,
  });
  const toAll = await client.messages.send({ receiver_id: null, content: "À tous" });
  expect(toAll.receiver_id).toBeNull();

  expect((await client.messages.list()).map(({ id }) => id)).toEqual([sent.id, toAll.id]);
  expect((await client.messages.list({ after: sent.id, limit: 1 })).map(({ id }) => id)).toEqual([toAll.id]);
  expect((await client.messages.conversation({ user_id: other.id })).map(({ id }) => id)).toEqual([sent.id]);

  const edited = await client.messages.edit({ message_id: sent.id, content: "Bonsoir" });
  expect(edited).toMatchObject({ id: sent.id, content: "Bonsoir", updated_at: expect.any(String) });
  expect(await client.messages.delete({ message_id: sent.id })).toEqual({ message: expect.any(String) });
  expect(await client.messages.conversation({ user_id: other.id })).toEqual([]);
});

test("stores one message when the same one is sent again under its id", async () => {
  const { client, person } = await signedInClient(server.url);
  const message = { receiver_id: person.id, content: "once", client_message_id: "key-1" };
  const first = await client.messages.send(message);
  const second = await client.messages.send(message);
  expect(second).toEqual({ ...first, duplicate: true });
});

test("lists conversations and gets one", async () => {
  const { client } = await signedInClient(server.url);
  const other = await createPerson(server.url);
  const { conversation_id } = await client.messages.send({ receiver_id: other.id, content: "Bonjour" });

  const { conversations } = await client.conversations.list();
  expect(conversations.map(({ kind }) => kind)).toEqual(["direct", "public"]);
  expect(await client.conversations.get({ conversation_id })).toMatchObject({ kind: "direct", last_seq: 1 });
});

test("sends more calls of one turn than fit in a batch", async () => {
  const { client, person } = await signedInClient(server.url);
  const answers = await Promise.all(
    Array.from({ length: 25 }, () => client.users.get({ user_id: person.id })),
  );
  expect(answers).toHaveLength(25);
});

test("takes the address of the server with a trailing slash too", async () => {
  const { client, person } = await signedInClient(server.url, `${server.url}/`);
  expect(await client.auth.me()).toMatchObject({ id: person.id });
});

test("offers the raw tRPC proxy with the same token", async () => {
  const { client, person } = await signedInClient(server.url);
  expect(await client.trpc.auth.me.query()).toMatchObject({ id: person.id });
});

test("shows and ends one's sessions, and changes the password", async () => {
  const { client, person } = await signedInClient(server.url);
  const other = await signIn(server.url, person);
  const sessions = await client.auth.sessions.list();
  expect(sessions.map(({ current }) => current).sort()).toEqual([false, true]);
  const session_id = sessions.find(({ current }) => !current)!.id;
  expect(await client.auth.sessions.revoke({ session_id })).toEqual({ message: expect.any(String) });
  expect((await other.call("GET", "/auth/me")).status).toBe(401);
  expect(await failure(client.auth.sessions.revoke({ session_id }))).toMatchObject({ code: "NOT_FOUND" });
  await client.auth.sessions.revokeOthers();
  await client.auth.changePassword({ current_password: password, new_password: "another-password" });
  expect(await client.auth.sessions.list()).toHaveLength(1);
});

test("deletes the account, whose client is signed out for good", async () => {
  await using own = await signedInClient(server.url);
  const { client, person } = own;
  await subscribed(client);
  await client.users.deleteMe({ current_password: password });
  await reached(client, "auth_lost");
  expect(client.connection.getSnapshot()).toMatchObject({ reason: "account_gone" });
  const { client: watcher } = await signedInClient(server.url);
  expect(await failure(watcher.users.get({ user_id: person.id }))).toMatchObject({ code: "NOT_FOUND" });
});

test("signs in with a cookie from no other place than a page of the server", async () => {
  const person = await createPerson(server.url);
  const client = createClient({ url: server.url });
  const login = client.auth.cookie.login({ email: person.email, password });
  expect(await failure(login)).toMatchObject({ code: "FORBIDDEN", status: 403 });
});
