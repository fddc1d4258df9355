import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTRPCClient, httpLink } from "@trpc/client";
import { expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import type { AppRouter } from "../rpc/app-router.type.ts";
import { startTestServer, systemClock, type TestServer } from "./index.ts";

const callsOf = ({ url }: { readonly url: string }, token: string) =>
  createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${url}/trpc`, headers: { authorization: `Bearer ${token}` } })],
  });

/** A socket that has said whose it is, once its event stream runs. `closed` resolves to the close code. */
async function openSocket({ url }: { readonly url: string }, token: string) {
  const socket = new WebSocket(`${url.replace("http", "ws")}/trpc?connectionParams=1`);
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  await new Promise((resolve) => socket.once("open", resolve));
  socket.send(JSON.stringify({ method: "connectionParams", data: { token } }));
  socket.send(
    JSON.stringify({ id: 1, method: "subscription", params: { path: "events.stream", input: {} } }),
  );
  await new Promise((resolve) => socket.once("message", resolve));
  return { socket, closed };
}

async function openStream({ url }: TestServer, token: string) {
  const answer = await fetch(`${url}/trpc/events.stream`, { headers: { authorization: `Bearer ${token}` } });
  const reader = answer.body!.getReader();
  const ended = (async () => {
    while (!(await reader.read()).done);
    return "ended";
  })().catch(() => "cut");
  return { ended, cancel: () => reader.cancel() };
}

test("people are registered and signed in, each with a session that works", async () => {
  await using server = await startTestServer();
  const anna = await server.createUser({ name: "Anna" });
  const somebody = await server.createUser();
  expect(anna).toMatchObject({ name: "Anna", token: anna.tokens.access_token });
  expect(await callsOf(server, anna.token).users.me.query()).toMatchObject({
    id: anna.id,
    email: anna.email,
  });
  expect((await callsOf(server, somebody.token).users.me.query()).id).not.toBe(anna.id);

  const elsewhere = await server.signIn(anna);
  expect(await callsOf(server, elsewhere.access_token).auth.sessions.list.query()).toHaveLength(2);
});

test("what is wrong with a person to be made is said", async () => {
  await using server = await startTestServer();
  await expect(server.createUser({ email: "no address" })).rejects.toThrow("e-mail");
  await server.createUser({ email: "anna@example.com" });
  await expect(server.createUser({ email: "anna@example.com" })).rejects.toMatchObject({
    code: "EMAIL_TAKEN",
  });
});

test("time stands still until it is moved, and what is due happens at its time", async () => {
  await using server = await startTestServer({ env: { ACCESS_TOKEN_TTL: "10m" } });
  const anna = await server.createUser();
  const { closed } = await openSocket(server, anna.token);
  const start = server.clock.now();
  let closedAt: number | undefined;
  void closed.then(() => (closedAt = server.clock.now() - start));

  await server.clock.advance(9 * 60_000);
  expect(closedAt).toBeUndefined();
  await server.clock.advance(2 * 60_000);
  expect(await closed).toBe(4401);
  // A token counts in whole seconds.
  expect(closedAt).toBeGreaterThan(598_000);
  expect(closedAt).toBeLessThanOrEqual(602_000);
});

test("calls under way are answered before time moves on", async () => {
  await using server = await startTestServer();
  const anna = await server.createUser();
  const before = server.clock.now();
  const sending = callsOf(server, anna.token).messages.send.mutate({ receiver_id: null, content: "now" });
  await server.clock.advance(3_600_000);
  expect(Date.parse((await sending).created_at)).toBe(before);
});

test("with a clock of one's own, time is that one's", async () => {
  await using server = await startTestServer({ clock: systemClock });
  expect(server.clock.now()).toBeGreaterThan(Date.now() - 1_000);
});

test("a kick closes the sockets of that user alone and cuts their streams, or everybody's", async () => {
  await using server = await startTestServer();
  const anna = await server.createUser();
  const bert = await server.createUser();
  const annas = [await openSocket(server, anna.token), await openSocket(server, anna.token)];
  const berts = await openSocket(server, bert.token);
  const annasStream = await openStream(server, anna.token);
  const bertsStream = await openStream(server, bert.token);

  server.kick(anna.id, 4508);
  expect(await Promise.all(annas.map(({ closed }) => closed))).toEqual([4508, 4508]);
  expect(await annasStream.ended).toBe("cut");
  const stillOpen = new Promise((resolve) => setTimeout(resolve, 50, "still open"));
  expect(await Promise.race([berts.closed, bertsStream.ended, stillOpen])).toBe("still open");

  server.kick("everybody");
  expect(await berts.closed).toBe(1012);
  expect(await bertsStream.ended).toBe("cut");
});

test("a restart keeps address, data and sessions; in between nobody gets through", async () => {
  await using server = await startTestServer();
  const anna = await server.createUser();
  const calls = callsOf(server, anna.token);
  await calls.messages.send.mutate({ receiver_id: null, content: "before" });
  const { closed } = await openSocket(server, anna.token);

  let whileDown: unknown;
  await server.restart(async () => {
    whileDown = await fetch(server.url).catch((error: unknown) => error);
  });
  expect(await closed).toBe(1012);
  expect(whileDown).toBeInstanceOf(TypeError);
  expect(await calls.messages.list.query({})).toMatchObject([{ content: "before" }]);
  server.kick(anna.id);
  await server.createUser();
});

test("nobody is limited unless asked, and then as outside of tests", async () => {
  async function refused(rateLimits: boolean) {
    await using server = await startTestServer({ rateLimits });
    const answers = await Promise.all(
      Array.from({ length: 30 }, () =>
        fetch(`${server.url}/auth/login`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ email: "nobody@example.com", password: "wrong password" }),
        }),
      ),
    );
    return answers.some(({ status }) => status === 429);
  }
  expect(await refused(false)).toBe(false);
  expect(await refused(true)).toBe(true);
});

test("nothing stays of it: neither folder nor port, also when it cannot start", async () => {
  const temporary = mkdtempSync(join(tmpdir(), "causerie-kit-"));
  vi.stubEnv("TMPDIR", temporary);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(temporary, { recursive: true });
  });
  const server = await startTestServer();
  expect(readdirSync(temporary)).toHaveLength(1);
  await expect(startTestServer({ env: { PORT: new URL(server.url).port } })).rejects.toThrow("is taken");
  expect(readdirSync(temporary)).toHaveLength(1);
  await server.stop();
  expect(readdirSync(temporary)).toEqual([]);
  await expect(fetch(server.url)).rejects.toThrow();
});

test("data in a folder of one's own stays there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "causerie-kit-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const first = await startTestServer({ env: { DATA_DIR: folder } });
  const anna = await first.createUser();
  await first.stop();
  await using second = await startTestServer({ env: { DATA_DIR: folder } });
  expect(await callsOf(second, anna.token).users.me.query()).toMatchObject({ id: anna.id });
});
