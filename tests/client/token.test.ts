import { createClient, memoryStorage, type Client } from "@causerie/client";
import { createVirtualClock } from "@causerie/server/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPerson, signIn } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { startCuttableProxy } from "./cuttable-proxy.ts";
import { failure, hear, reached, subscribed } from "./signed-in-client.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const nextStart = (client: Client) => new Promise<void>((resolve) => client.on("resume", () => resolve()));

test("asks the token function at each call over HTTP", async () => {
  const person = await createPerson(server.url);
  const tokens = [person.token, (await signIn(server.url, person)).token];
  const client = createClient({ url: server.url, token: async () => tokens.shift() });

  expect(await client.auth.me()).toMatchObject({ id: person.id });
  expect(await client.auth.me()).toMatchObject({ id: person.id });
  expect(await failure(client.auth.me())).toMatchObject({ code: "UNAUTHORIZED" });
  await client.close();
});

test("a call for which the token function brings another user's token is not made; the next one is theirs", async () => {
  const [first, second] = [await createPerson(server.url), await createPerson(server.url)];
  let { token } = first;
  const client = createClient({ url: server.url, token: () => token });
  expect(await client.auth.me()).toMatchObject({ id: first.id });
  token = second.token;
  expect(await failure(client.auth.me())).toMatchObject({ code: "ABORTED" });
  expect(client.auth.userId()).toBe(second.id);
  expect(await client.auth.me()).toMatchObject({ id: second.id });
  await client.close();
});

test("asks the token function again at each connection", async () => {
  const person = await createPerson(server.url);
  await using proxy = await startCuttableProxy(server.port);
  let asked = 0;
  const token = () => {
    asked += 1;
    return person.token;
  };
  const client = createClient({ url: proxy.url, token, platform: { random: () => 0 } });
  await subscribed(client);
  expect(asked).toBe(1);
  const resumed = nextStart(client);
  proxy.cut();
  await resumed;
  expect(asked).toBe(2);
  await client.close();
});

test("a token function may refresh with the client it belongs to", async () => {
  const person = await createPerson(server.url);
  let token: Promise<string> | undefined;
  const client: Client = createClient({ url: server.url, token: () => (token ??= refresh()) });
  async function refresh() {
    const { access_token } = await client.auth.refresh({ refresh_token: person.refreshToken });
    return access_token;
  }
  expect(await client.auth.me()).toMatchObject({ id: person.id });
  await client.close();
});

test("goes on with a new token when the session of the old one is ended", async () => {
  const person = await createPerson(server.url);
  const again = await signIn(server.url, person);
  let token = person.token;
  const client = createClient({ url: server.url, token: () => token, platform: { random: () => 0 } });
  const heard = await subscribed(client);

  token = again.token;
  const resumed = nextStart(client);
  await person.call("POST", "/auth/logout");
  await resumed;
  await again.call("POST", "/messages/", { receiver_id: person.id, content: "later" });
  await expect.poll(() => heard.texts, { timeout: 10_000 }).toEqual(["later"]);
  await client.close();
});

test("a token that comes later makes the connection that was asked for", async () => {
  const person = await createPerson(server.url);
  const client = createClient({ url: server.url, token: undefined });
  const heard = hear();
  client.events.subscribe(heard.handlers);
  expect(client.connection.getSnapshot()).toEqual({ state: "auth_lost", reason: "no_credentials" });

  await client.auth.setToken(person.token);
  await reached(client, "online");
  expect(heard.outcomes).toEqual(["reset no_cursor"]);
  await client.close();
});

test("whoever signs in after somebody else gets their own events only, from a snapshot of their own", async () => {
  const [first, second] = [await createPerson(server.url), await createPerson(server.url)];
  const client = createClient({ url: server.url, token: first.token });
  const heard = await subscribed(client);
  await client.auth.setToken(second.token);
  await expect
    .poll(() => heard.outcomes, { timeout: 10_000 })
    .toEqual(["reset no_cursor", "reset other_user"]);

  await first.call("POST", "/messages/", { receiver_id: first.id, content: "for the first only" });
  await second.call("POST", "/messages/", { receiver_id: second.id, content: "for the second only" });
  await expect.poll(() => heard.texts).toEqual(["for the second only"]);
  await client.close();
});

test("a sign-out ends the session of the app's token too, also as the first thing that a client does", async () => {
  const person = await createPerson(server.url);
  const client = createClient({ url: server.url, token: () => person.token });
  await client.auth.logout();
  expect(client.auth.lost()).toBe("signed_out");
  expect((await person.call("GET", "/auth/me")).status).toBe(401);
});

test("a client that keeps its tokens itself takes none from the app", async () => {
  const client = createClient({ url: server.url });
  await expect(client.auth.setToken("a token")).rejects.toThrow(TypeError);
});

test("the next client finds who is signed in where the tokens are kept, until they sign out", async () => {
  const { id, email, password } = await createPerson(server.url);
  const tokens = memoryStorage();
  const client = createClient({ url: server.url, tokens });
  await client.auth.login({ email, password });
  await client.close();

  const next = createClient({ url: server.url, tokens });
  expect(next.auth.userId()).toBe(id);
  expect(await next.auth.me()).toMatchObject({ id });
  await next.auth.logout();

  const last = createClient({ url: server.url, tokens });
  expect(last.auth.lost()).toBe("no_credentials");
});

test("renews tokens and the live connection by itself, which then outlives its first token", async () => {
  const clock = createVirtualClock();
  await using timed = await startTestServer({ ACCESS_TOKEN_TTL: "10m" }, { clock });
  const { id, email, password } = await createPerson(timed.url);
  const client = createClient({ url: timed.url, platform: { clock } });
  await client.auth.login({ email, password });
  const states: string[] = [];
  const renewals: (number | null)[] = [];
  const heard = await subscribed(client);
  client.on("state", ({ state }) => states.push(state));
  client.on("token_renewed", ({ expiresIn }) => renewals.push(expiresIn));

  await clock.advance(12 * 60_000);
  expect(renewals).toEqual([600]);
  await client.messages.send({ receiver_id: id, content: "after the first token" });
  await expect.poll(() => heard.texts).toEqual(["after the first token"]);
  expect(states).toEqual([]);
  await client.close();
});
