import { rateLimits } from "@causerie/shared";
import { expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson, type Person } from "../support/people.ts";
import { openTrpcFrames } from "../support/raw-trpc-socket.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { limited, post } from "./callers.ts";

const [steady, reserve] = rateLimits.send.windows;
const asked = 200;
const sends = (person: Person) =>
  Array.from({ length: asked }, (_, n) => ({ receiver_id: person.id, content: `message ${n}` }));

/** Sends all of them at once; how many were stored. */
type Surface = (server: TestServer, person: Person) => Promise<number>;

const surfaces: Record<string, Surface> = {
  "tRPC over HTTP": async (server, person) => {
    const headers = { authorization: `Bearer ${person.token}` };
    const batches = Array.from({ length: asked / 10 }, (_, n) => sends(person).slice(n * 10, n * 10 + 10));
    const answers = await Promise.all(
      batches.map(async (batch) => {
        const path = `/trpc/${batch.map(() => "messages.send").join(",")}?batch=1`;
        const answer = await post(server, path, { ...batch }, headers);
        return (await answer.json()) as { result?: object }[];
      }),
    );
    return answers.flat().filter(({ result }) => result).length;
  },

  "tRPC over WebSocket": async (server, person) => {
    const socket = await openTrpcFrames(server, person.token);
    const calls = sends(person).map((input, id) => ({
      id,
      method: "mutation",
      params: { path: "messages.send", input },
    }));
    for (let n = 0; n < asked; n += 50) socket.send(calls.slice(n, n + 50));
    // Ten refusals close the socket.
    expect(await socket.closed()).toBe(4429);
    return socket.frames.flat().filter((frame) => "result" in frame).length;
  },

  REST: async (_server, person) => {
    const answers = await Promise.all(sends(person).map((body) => person.call("POST", "/messages/", body)));
    const statuses = answers.map(({ status }) => status);
    const stored = statuses.filter((status) => status === 201).length;
    expect(statuses.filter((status) => status === 429)).toHaveLength(asked - stored);
    return stored;
  },

  "the seed's chat socket": async (server, person) => {
    const socket = await openFrames(`${server.wsUrl}/messages/ws?token=${person.token}`);
    for (const message of sends(person)) socket.send({ type: "send_message", ...message });
    expect(await socket.closed()).toBe(1013);
    const stored = await person.call("GET", `/messages/conversation/${person.id}`);
    return ((await stored.json()) as unknown[]).length;
  },
};

test.for(Object.entries(surfaces))(
  "a user sends sixty at once and ten a second over %s",
  async ([, send]) => {
    await using server = await startTestServer(limited);
    const person = await createPerson(server.url);
    const started = Date.now();
    const stored = await send(server, person);
    // However long it took: what each second that began meanwhile allows.
    const seconds = Math.ceil((Date.now() - started) / (steady.seconds * 1000));
    const atOnce = steady.quota + reserve.quota;
    expect(stored).toBeGreaterThanOrEqual(atOnce);
    expect(stored).toBeLessThanOrEqual(atOnce + seconds * steady.quota);
  },
);

test("what one user sends is counted over all surfaces together, and is nobody else's", async () => {
  await using server = await startTestServer(limited);
  const [ada, blaise] = [await createPerson(server.url), await createPerson(server.url)];
  const broadcast = (person: Person) => person.call("POST", "/users/broadcast", { message: "hello" });
  const { quota } = rateLimits.broadcast.windows[0];
  for (let n = 0; n < quota - 1; n += 1) expect((await broadcast(ada)).status).toBe(200);
  const headers = { authorization: `Bearer ${ada.token}` };
  expect((await post(server, "/trpc/users.broadcast", { message: "hello" }, headers)).status).toBe(200);
  const socket = await openTrpcFrames(server, ada.token);
  socket.send({ id: 1, method: "mutation", params: { path: "users.broadcast", input: { message: "x" } } });
  expect(await socket.next()).toMatchObject({
    error: { data: { code: "RATE_LIMITED", retry_after_ms: expect.any(Number) as number } },
  });
  socket.close();
  expect((await broadcast(ada)).status).toBe(429);
  expect((await broadcast(blaise)).status).toBe(200);
});

test("a batch of ten sign-ins counts ten", async () => {
  await using server = await startTestServer(limited);
  const path = `/trpc/${Array.from({ length: 10 }, () => "auth.login").join(",")}?batch=1`;
  const input = (n: number) => ({ email: `nobody-${n}@example.com`, password: "motdepasse123" });
  const batch = (first: number) =>
    Object.fromEntries(Array.from({ length: 10 }, (_, n) => [n, input(first + n)]));
  const codes = async (first: number) => {
    const answers = (await (await post(server, path, batch(first))).json()) as {
      error: { data: { code: string } };
    }[];
    return new Set(answers.map(({ error }) => error.data.code));
  };
  expect(await codes(0)).toEqual(new Set(["INVALID_CREDENTIALS"]));
  expect(await codes(10)).toEqual(new Set(["INVALID_CREDENTIALS"]));
  expect(await codes(20)).toEqual(new Set(["RATE_LIMITED"]));
});

test("every request with a body counts, whatever it is for, and none without", async () => {
  await using server = await startTestServer(limited);
  const { quota } = rateLimits.body.windows[0];
  const paths = ["/nothing", "/trpc/nothing", "/messages/", "/docs"];
  const statuses: number[] = [];
  for (let n = 0; n < quota; n += 50) {
    const some = Array.from({ length: 50 }, (_, m) => post(server, paths[m % paths.length]!, {}));
    for (const answer of await Promise.all(some)) statuses.push(answer.status);
  }
  expect(statuses).not.toContain(429);
  const refused = await post(server, "/nothing", {});
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ code: "RATE_LIMITED" });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});

test("the calls of a batch over a socket are counted one by one", async () => {
  await using server = await startTestServer(limited);
  const person = await createPerson(server.url);
  const { quota } = rateLimits.broadcast.windows[0];
  const socket = await openTrpcFrames(server, person.token);
  const calls = Array.from({ length: quota + 3 }, (_, id) => ({
    id,
    method: "mutation",
    params: { path: "users.broadcast", input: { message: "hello" } },
  }));
  socket.send(calls);
  await expect.poll(() => socket.frames.length).toBe(calls.length);
  expect(socket.frames.filter((frame) => "result" in frame)).toHaveLength(quota);
  socket.close();
});
