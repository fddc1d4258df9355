import { createClient, type Client } from "@causerie/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPerson } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { createVirtualClock } from "@causerie/server/testing";
import { startCuttableProxy } from "./cuttable-proxy.ts";
import { failure, hearTexts, started } from "./signed-in-client.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

test("asks the token function at each call", async () => {
  const first = await createPerson(server.url);
  const second = await createPerson(server.url);
  const tokens = [first.token, second.token];
  const client = createClient({ url: server.url, token: async () => tokens.shift() });

  expect(await client.auth.me()).toMatchObject({ id: first.id });
  expect(await client.auth.me()).toMatchObject({ id: second.id });
  expect(await failure(client.auth.me())).toMatchObject({ code: "UNAUTHORIZED" });
});

test("asks the token function again at each connection", async () => {
  const person = await createPerson(server.url);
  await using proxy = await startCuttableProxy(server.port);
  let asked = 0;
  let starts = 0;
  const client = createClient({
    url: proxy.url,
    token() {
      asked += 1;
      return person.token;
    },
  });
  client.events.subscribe(() => undefined, { onStarted: () => (starts += 1) });
  await expect.poll(() => starts).toBe(1);
  expect(asked).toBe(1);

  proxy.cut();
  await expect.poll(() => starts, { timeout: 5000 }).toBe(2);
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
});

test("a live connection goes on with a new token when the old one's session ends", async () => {
  const person = await createPerson(server.url);
  const again = await createPerson(server.url);
  let token = person.token;
  let starts = 0;
  const client = createClient({ url: server.url, token: () => token });
  const errors: unknown[] = [];
  client.events.subscribe(() => undefined, {
    onStarted: () => (starts += 1),
    onError: (error) => errors.push(error),
  });
  await expect.poll(() => starts).toBe(1);

  token = again.token;
  await person.call("POST", "/auth/logout");
  await expect.poll(() => starts, { timeout: 5000 }).toBe(2);
  expect(errors).toEqual([]);
  await client.close();
});

test("who subscribes after signing in gets a connection with the new token", async () => {
  const person = await createPerson(server.url);
  const client = createClient({ url: server.url });

  const refused = await new Promise((resolve) => {
    client.events.subscribe(() => undefined, { onError: resolve });
  });
  expect(refused).toMatchObject({ code: "UNAUTHORIZED" });

  client.setToken(person.token);
  await new Promise<void>((resolve, reject) => {
    client.events.subscribe(() => undefined, { onStarted: resolve, onError: reject });
  });
  await client.close();
});

test("a subscription that somebody stopped does not lend its session to the next", async () => {
  const first = await createPerson(server.url);
  const second = await createPerson(server.url);
  const client = createClient({ url: server.url, token: first.token });
  await new Promise<void>((resolve) => {
    const subscription = client.events.subscribe(() => {
      subscription.unsubscribe();
      resolve();
    });
  });

  client.setToken(second.token);
  const heard = hearTexts();
  await started((onStarted) => client.events.subscribe(heard.handle, { onStarted }));
  await client.messages.send({ receiver_id: second.id, content: "for the second only" });
  await expect.poll(() => heard.texts).toEqual(["for the second only"]);
  await client.close();
});

test("renews the live connection, which then outlives the token it was opened with", async () => {
  const clock = createVirtualClock();
  await using timed = await startTestServer({ ACCESS_TOKEN_TTL: "10m" }, { clock });
  const { email, password } = await createPerson(timed.url);
  const client = createClient({ url: timed.url });
  const tokens = await client.auth.login({ email, password });
  client.setToken(tokens.access_token);
  const heard = hearTexts();
  let starts = 0;
  let interruptions = 0;
  client.events.subscribe(heard.handle, {
    onStarted: () => (starts += 1),
    onInterrupted: () => (interruptions += 1),
  });
  await expect.poll(() => starts).toBe(1);

  await clock.advance(8 * 60_000);
  const fresh = await client.auth.refresh({ refresh_token: tokens.refresh_token });
  client.setToken(fresh.access_token);
  expect((await client.auth.renew({ token: fresh.access_token })).expires_in).toBeGreaterThan(590);
  await clock.advance(4 * 60_000);
  await client.messages.send({ receiver_id: null, content: "after the old expiry" });
  await expect.poll(() => heard.texts).toEqual(["after the old expiry"]);
  expect([starts, interruptions]).toEqual([1, 0]);
  expect(await failure(client.auth.renew({ token: "nonsense" }))).toMatchObject({
    code: "VALIDATION_FAILED",
  });
  await client.close();
});
