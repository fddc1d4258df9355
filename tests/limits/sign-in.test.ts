import { rateLimits } from "@causerie/shared";
import { expect, test } from "vitest";
import { openTrpcFrames } from "../support/raw-trpc-socket.ts";
import { createPerson } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { createVirtualClock } from "@causerie/server/testing";
import { from, limited, post } from "./callers.ts";

let count = 0;
/** A sign-in from an address of its own, as a guesser with many would. */
async function signIn(server: TestServer, email: string, password: string) {
  count += 1;
  const headers = from(`10.1.${count >> 8}.${count & 255}`);
  const answer = await post(server, "/auth/login", { email, password }, headers);
  const { code, retry_after_ms } = (await answer.json()) as { code?: string; retry_after_ms?: number };
  return { status: answer.status, code, retry_after_ms, retryAfter: answer.headers.get("retry-after") };
}

test("an account whose password is guessed makes the guesser wait, and lets its owner in after the wait", async () => {
  const clock = createVirtualClock();
  await using server = await startTestServer(limited, { clock });
  const owner = await createPerson(server.url);
  const socket = await openTrpcFrames(server, owner.token);
  for (let n = 0; n < 5; n += 1)
    expect(await signIn(server, owner.email, "a wrong guess")).toMatchObject({ status: 401 });
  const refused = { status: 429, code: "RATE_LIMITED", retry_after_ms: 1000, retryAfter: "1" };
  expect(await signIn(server, owner.email, owner.password)).toMatchObject(refused);
  // However it is written, it is the same account.
  expect(await signIn(server, owner.email.toUpperCase(), owner.password)).toMatchObject(refused);

  // Meanwhile the owner's sessions work.
  expect((await owner.call("GET", "/auth/me")).status).toBe(200);
  expect((await post(server, "/auth/refresh", { refresh_token: owner.refreshToken })).status).toBe(200);
  socket.send({ id: 1, method: "query", params: { path: "users.me" } });
  expect(await socket.next()).toMatchObject({ id: 1, result: {} });
  socket.close();

  clock.skip(1000);
  expect(await signIn(server, owner.email, owner.password)).toMatchObject({ status: 200 });
  expect(await signIn(server, owner.email, "a wrong guess")).toMatchObject({ status: 401 });
});

test("an address without an account is answered in the same way", async () => {
  const clock = createVirtualClock();
  await using server = await startTestServer(limited, { clock });
  const { email } = await createPerson(server.url);
  const story = async (address: string) => {
    const answers = [];
    for (let n = 0; n < 7; n += 1) answers.push(await signIn(server, address, "a wrong guess"));
    clock.skip(1000);
    for (let n = 0; n < 2; n += 1) answers.push(await signIn(server, address, "a wrong guess"));
    return answers;
  };
  expect(await story(email)).toEqual(await story("nobody@example.com"));
});

test("however a hundred guesses are batched, at most five passwords of an account are checked", async () => {
  await using server = await startTestServer(limited);
  const { email } = await createPerson(server.url);
  const path = `/trpc/${Array.from({ length: 10 }, () => "auth.login").join(",")}?batch=1`;
  const guesses = Object.fromEntries(
    Array.from({ length: 10 }, (_, n) => [n, { email, password: `a wrong guess ${n}` }]),
  );
  const answers = await Promise.all(
    Array.from({ length: 10 }, async (_, n) => {
      const answer = await post(server, path, guesses, from(`10.2.0.${n}`));
      return (await answer.json()) as { error: { data: { code: string } } }[];
    }),
  );
  const codes = answers.flat().map(({ error }) => error.data.code);
  expect(codes).toHaveLength(100);
  // Whatever was checked is answered with INVALID_CREDENTIALS.
  expect(codes.filter((code) => code === "INVALID_CREDENTIALS")).toHaveLength(5);
  expect(codes.filter((code) => code === "RATE_LIMITED")).toHaveLength(95);
});

test("an address signs in twenty times a minute, with whatever accounts", async () => {
  await using server = await startTestServer(limited);
  const { quota } = rateLimits.signIn.windows[0];
  for (let n = 0; n < quota; n += 1) {
    const path = n % 2 === 0 ? "/auth/login" : "/auth/token";
    const email = `nobody-${n}@example.com`;
    const input = n % 2 === 0 ? { email } : { username: email };
    expect((await post(server, path, { ...input, password: "motdepasse123" })).status).toBe(401);
  }
  const refused = await post(server, "/auth/token", { username: "nobody@example.com", password: "x" });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
});

test(
  "of two hundred sign-ins at once each is answered, and every send meanwhile is acknowledged",
  { timeout: 60_000 },
  async () => {
    await using server = await startTestServer(limited, { realPasswordHashing: true });
    const people = await Promise.all(Array.from({ length: 12 }, () => createPerson(server.url)));
    const [sender, ...others] = people;
    const socket = await openTrpcFrames(server, sender!.token);
    const logins = Array.from({ length: 200 }, (_, n) => {
      const { email, password } = others[n % others.length]!;
      return post(server, "/auth/login", { email, password }, from(`10.3.0.${n}`));
    });
    const sends = 50;
    for (let id = 0; id < sends; id += 1) {
      const input = { receiver_id: sender!.id, content: `message ${id}` };
      socket.send({ id, method: "mutation", params: { path: "messages.send", input } });
      expect(await socket.next()).toMatchObject({ id, result: { data: { content: input.content } } });
    }
    const answers = await Promise.all(logins);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429, 503]));
    for (const { status, headers } of answers)
      if (status !== 200) expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    socket.close();
  },
);
