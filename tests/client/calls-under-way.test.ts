import { createClient, type TokenStorage } from "@causerie/client";
import { createFaultyNetwork } from "@causerie/client/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPerson, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { failure, reached } from "./signed-in-client.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

type Stored = Awaited<ReturnType<TokenStorage["read"]>>;

/** What is stored after `person` has signed in, `ageMs` ago. */
async function storedOf({ email, password, call }: Person, ageMs = 0): Promise<Stored> {
  const response = await call("POST", "/auth/login", { email, password });
  return { ...((await response.json()) as object), received_at: Date.now() - ageMs } as Stored;
}

const hourMs = 3_600_000;

test("a call that waits for its token is not made as somebody else who signs in meanwhile", async () => {
  const [person, other] = [await createPerson(server.url), await createPerson(server.url)];
  let stored = await storedOf(person, hourMs);
  const next = await storedOf(other);
  const requests: string[] = [];
  const client = createClient({
    url: server.url,
    tokens: {
      read: () => stored,
      write: (session) => void (stored = session),
      clear: () => (stored = undefined),
    },
    platform: {
      async fetch(input, init) {
        const { pathname } = new URL(input as string);
        requests.push(pathname);
        const answer = await fetch(input, init);
        // Another tab signs in while the answer is on its way.
        if (pathname.endsWith("auth.refresh")) stored = next;
        return answer;
      },
    },
  });
  expect(client.auth.userId()).toBe(person.id);
  const said = failure(client.trpc.messages.send.mutate({ receiver_id: null, content: "as whom" }));
  const read = failure(client.users.me());
  expect(await said).toMatchObject({ code: "ABORTED" });
  expect(await read).toMatchObject({ code: "ABORTED" });
  expect(requests).toEqual(["/trpc/auth.refresh"]);
  expect(await client.users.me()).toMatchObject({ id: other.id });
  await client.close();
});

test("a call that the server refuses refreshes the token once for all, and is made again", async () => {
  await using shortLived = await startTestServer({ ACCESS_TOKEN_TTL: "1s" });
  const person = await createPerson(shortLived.url);
  const requests: string[] = [];
  const now = Date.now();
  const client = createClient({
    url: shortLived.url,
    platform: {
      // To this clock no token ever grows old, and so none is renewed.
      clock: { now: () => now, after: () => () => {} },
      async fetch(input, init) {
        requests.push(new URL(input as string).pathname.replace("/trpc/", ""));
        return await fetch(input, init);
      },
    },
  });
  await client.auth.login({ email: person.email, password: person.password });
  await expect
    .poll(
      async () =>
        (
          await fetch(`${shortLived.url}/auth/me`, {
            headers: { authorization: `Bearer ${await client.auth.accessToken()}` },
          })
        ).status,
      { timeout: 5_000 },
    )
    .toBe(401);

  requests.length = 0;
  const [me, self, sent] = await Promise.all([
    client.users.me(),
    client.auth.me(),
    client.trpc.messages.send.mutate({ receiver_id: null, content: "once" }),
  ]);
  expect([me.id, self.id, sent.sender_id]).toEqual([person.id, person.id, person.id]);
  expect(requests.toSorted()).toEqual([
    "auth.refresh",
    ...["messages.send", "messages.send"],
    ...["users.me,auth.me", "users.me,auth.me"],
  ]);
  await client.close();
});

test("close() aborts what is under way, over a socket and over HTTP", async () => {
  const person = await createPerson(server.url);
  const network = createFaultyNetwork({ seed: 1 });
  const { fetch, WebSocket } = network;
  for (const isOnline of [true, false]) {
    const client = createClient({ url: server.url, token: person.token, platform: { fetch, WebSocket } });
    if (isOnline) {
      client.connection.connect();
      await reached(client, "online");
    } else await client.users.me();
    const blocked = network.drop({ to: "server" });
    const calls = [
      client.users.me(),
      client.trpc.typing.set.mutate({ conversation_id: 1, typing: true }),
    ].map(failure);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await client.close();
    for (const call of calls) expect(await call).toMatchObject({ code: "ABORTED" });
    blocked.stop();
  }
});

test("when somebody else signs in, what is under way over the connection is aborted, not lost", async () => {
  const [person, other] = [await createPerson(server.url), await createPerson(server.url)];
  const network = createFaultyNetwork({ seed: 1 });
  const { fetch, WebSocket } = network;
  const client = createClient({ url: server.url, token: person.token, platform: { fetch, WebSocket } });
  client.connection.connect();
  await reached(client, "online");
  network.drop({ to: "server", path: "typing.set" });
  network.drop({ to: "server", path: "users.me" });
  const calls = [
    failure(client.users.me()),
    failure(client.trpc.typing.set.mutate({ conversation_id: 1, typing: true })),
  ];
  await client.auth.setToken(other.token);
  for (const call of calls) expect(await call).toMatchObject({ code: "ABORTED" });
  await client.close();
});
