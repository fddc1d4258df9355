import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { connectionLimits, limits, rateLimits } from "@causerie/shared";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { openFrames, type Frame, type FrameSocket } from "../support/frames.ts";
import { createPerson, type Person } from "../support/people.ts";
import { openSse } from "../support/sse.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { from, limited } from "./callers.ts";

interface Kind {
  readonly path: (person: Person) => string;
  /** The code that closes it when its user has too many, and when it goes on after refusals. */
  readonly codes: { readonly tooMany: number; readonly flooding: number };
  /** Says who it is, and waits until the server knows. */
  readonly signIn: (socket: FrameSocket, person: Person) => Promise<unknown>;
}

const { perUserAndKind: perUser } = connectionLimits;
const kinds: Record<string, Kind> = {
  "/trpc": {
    path: () => "/trpc?connectionParams=1",
    codes: { tooMany: 4409, flooding: 4429 },
    signIn(socket, { token }) {
      socket.send({ method: "connectionParams", data: { token } });
      socket.send({ id: 0, method: "query", params: { path: "users.me" } });
      return socket.next();
    },
  },
  "the seed's activity socket": {
    path: ({ token }) => `/users/ws/${token}`,
    codes: { tooMany: 1013, flooding: 1013 },
    signIn: (socket) => socket.next(({ type }) => type === "active_users"),
  },
  "the seed's chat socket": {
    path: ({ token }) => `/messages/ws?token=${token}`,
    codes: { tooMany: 1013, flooding: 1013 },
    signIn(socket) {
      socket.send({ type: "ping" });
      return socket.next(({ type }) => type === "pong");
    },
  },
};

let count = 0;
/** A socket from an address of its own, unless one is given. */
function open(server: TestServer, path: string, address?: string): Promise<FrameSocket> {
  count += 1;
  const headers = from(address ?? `10.4.${count >> 8}.${count & 255}`);
  return openFrames(server.wsUrl + path, { headers });
}

/** The status and Retry-After of a handshake that is refused. */
async function refusal(server: TestServer, address: string) {
  const socket = new WebSocket(`${server.wsUrl}/trpc?connectionParams=1`, { headers: from(address) });
  socket.on("error", () => undefined);
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  const { statusCode, headers } = response;
  response.resume();
  socket.terminate();
  return { status: statusCode, retryAfter: Number(headers["retry-after"]) };
}

async function closed(sockets: readonly FrameSocket[]): Promise<void> {
  for (const socket of sockets) socket.close();
  await Promise.all(sockets.map((socket) => socket.closed()));
}

describe.for(Object.entries(kinds))("%s", ([, kind]) => {
  async function signedIn(server: TestServer, person: Person): Promise<FrameSocket> {
    const socket = await open(server, kind.path(person));
    await kind.signIn(socket, person);
    return socket;
  }

  test("is open ten times for a user and no more, until one closes", async () => {
    await using server = await startTestServer(limited);
    const [ada, blaise] = [await createPerson(server.url), await createPerson(server.url)];
    const sockets: FrameSocket[] = [];
    for (let n = 0; n < perUser; n += 1) sockets.push(await signedIn(server, ada));
    const tooMany = await open(server, kind.path(ada));
    void kind.signIn(tooMany, ada).catch(() => undefined);
    expect(await tooMany.closed()).toBe(kind.codes.tooMany);
    sockets.push(await signedIn(server, blaise));
    await closed(sockets.splice(0, 1));
    sockets.push(await signedIn(server, ada));
    await closed(sockets);
  });

  test("gives its slot back however it ends, and once", { timeout: 60_000 }, async () => {
    await using server = await startTestServer(limited);
    const person = await createPerson(server.url);
    for (let round = 0; round < 15; round += 1) {
      const sockets: FrameSocket[] = [];
      for (let n = 0; n < perUser; n += 1) sockets.push(await signedIn(server, person));
      const ends = sockets.map((socket) => socket.closed());
      sockets.forEach(({ socket }, n) => {
        if (n % 3 === 0) socket.close();
        else if (n % 3 === 1) socket.terminate();
        // Too large: the server closes it.
        else socket.send("x".repeat(limits.frameBytes + 1));
      });
      await Promise.all(ends);
      // The server hears of the last end a moment later.
      const spare = await open(server, kind.path(person));
      await kind.signIn(spare, person);
      await closed([spare]);
    }
    const full: FrameSocket[] = [];
    for (let n = 0; n < perUser; n += 1) full.push(await signedIn(server, person));
    const tooMany = await open(server, kind.path(person));
    void kind.signIn(tooMany, person).catch(() => undefined);
    expect(await tooMany.closed()).toBe(kind.codes.tooMany);
    await closed(full);
  });
});

test("a socket that goes on after ten refusals is closed, and each refusal says how long to wait", async () => {
  await using server = await startTestServer(limited);
  const person = await createPerson(server.url);
  const trpc = await open(server, kinds["/trpc"]!.path(person));
  await kinds["/trpc"]!.signIn(trpc, person);
  const { quota } = rateLimits.broadcast.windows[0];
  const broadcast = (id: number) =>
    trpc.send({ id, method: "mutation", params: { path: "users.broadcast", input: { message: "hello" } } });
  const answer = (id: number) => trpc.next((frame) => frame["id"] === id);
  for (let id = 1; id <= quota; id += 1) {
    broadcast(id);
    expect(await answer(id)).toHaveProperty("result");
  }
  for (let id = quota + 1; id <= quota + connectionLimits.refusals; id += 1) {
    broadcast(id);
    expect(await answer(id)).toMatchObject({
      error: { data: { code: "RATE_LIMITED", retry_after_ms: expect.any(Number) as number } },
    });
  }
  expect(await trpc.closed()).toBe(4429);

  const activity = await open(server, `/users/ws/${person.token}`);
  const { quota: updates } = rateLimits.activity.windows[0];
  const total = updates + connectionLimits.refusals;
  for (let n = 0; n < total; n += 1) activity.send({ type: "activity_update" });
  expect(await activity.closed()).toBe(1013);
  const errors = activity.frames.filter(({ type }: Frame) => type === "error");
  expect(errors).toHaveLength(connectionLimits.refusals);
  expect(errors[0]).toHaveProperty("retry_after_ms", expect.any(Number));
});

test("server-sent events of a user are ten, and the next is refused until one ends", async () => {
  await using server = await startTestServer(limited);
  const { token } = await createPerson(server.url);
  const stream = async () => {
    const opened = await openSse(server.url, "presence.stream", { token });
    await expect.poll(() => opened.events.length).toBeGreaterThan(1);
    return opened;
  };
  const streams = [];
  for (let n = 0; n < perUser; n += 1) streams.push(await stream());
  const refused = await stream();
  await refused.ended;
  expect(JSON.stringify(refused.events)).toContain("RATE_LIMITED");
  streams.shift()?.close();
  await expect
    .poll(async () => JSON.stringify((await stream()).events.slice(0, 2)))
    .toContain("presence.snapshot");
  streams.forEach((one) => one.close());
});

test("subscriptions of a user are two hundred on all sockets together", { timeout: 60_000 }, async () => {
  await using server = await startTestServer(limited);
  const person = await createPerson(server.url);
  const { path, signIn } = kinds["/trpc"]!;
  const subscribe = (first: number, length: number) =>
    Array.from({ length }, (_, n) => ({
      id: first + n,
      method: "subscription",
      params: { path: "presence.stream" },
    }));
  const started = ({ frames }: FrameSocket) =>
    frames.filter((frame) => JSON.stringify(frame).includes("presence.snapshot")).length;
  const sockets: FrameSocket[] = [];
  for (let n = 0; n < 4; n += 1) {
    const socket = await open(server, path(person));
    await signIn(socket, person);
    // As a client does after a reconnect: all of them in one frame.
    socket.send(subscribe(1, 50));
    await expect.poll(() => started(socket), { timeout: 10_000 }).toBe(50);
    sockets.push(socket);
  }
  const fifth = await open(server, path(person));
  await signIn(fifth, person);
  fifth.send(subscribe(1, 1));
  const refused = await fifth.next((frame) => "error" in frame);
  expect(refused).toMatchObject({ id: 1, error: { data: { code: "RATE_LIMITED" } } });
  await closed(sockets.splice(0, 1));
  let id = 2;
  const again = () => {
    fifth.send(subscribe(id++, 1));
    return started(fifth);
  };
  await expect.poll(again, { interval: 500 }).toBeGreaterThan(0);
  await closed([...sockets, fifth]);
});

test("an address has so many sockets and no more, whoever they belong to, until one closes", async () => {
  await using server = await startTestServer({ ...limited, MAX_CONNECTIONS_PER_ADDRESS: "4" });
  const path = "/trpc?connectionParams=1";
  const sockets = [];
  for (let n = 0; n < 4; n += 1) sockets.push(await open(server, path, "192.0.2.1"));
  const refused = await refusal(server, "192.0.2.1");
  expect(refused.status).toBe(429);
  expect(refused.retryAfter).toBeGreaterThan(0);
  sockets.push(await open(server, path, "192.0.2.2"));
  await closed(sockets.splice(0, 1));
  sockets.push(await open(server, path, "192.0.2.1"));
  await closed(sockets);
});

test("a handshake that comes to nothing holds nothing", async () => {
  await using server = await startTestServer({ ...limited, MAX_CONNECTIONS_PER_ADDRESS: "1" });
  for (let n = 0; n < 20; n += 1) {
    // Without a key there is no socket, after the limits were asked.
    const headers = { ...from("192.0.2.1"), connection: "upgrade", upgrade: "websocket" };
    const handshake = request(`${server.url}/trpc`, { headers }).end();
    const [answer] = (await once(handshake, "response")) as [IncomingMessage];
    answer.resume();
    await once(answer, "close");
    expect(answer.statusCode).toBe(400);
  }
  await closed([await open(server, "/trpc?connectionParams=1", "192.0.2.1")]);
});

test("all callers together have so many sockets and no more", async () => {
  await using server = await startTestServer({ ...limited, MAX_CONNECTIONS: "3" });
  const sockets = [];
  for (let n = 0; n < 3; n += 1) sockets.push(await open(server, "/trpc?connectionParams=1"));
  const refused = await refusal(server, "192.0.2.1");
  expect(refused.status).toBe(503);
  expect(refused.retryAfter).toBeGreaterThan(0);
  await closed(sockets);
});

test("an address that opens sockets too fast is told when to come back, before the upgrade", async () => {
  await using server = await startTestServer(limited);
  const { quota } = rateLimits.handshake.windows[0];
  const sockets = await Promise.all(
    Array.from({ length: quota }, () => open(server, "/trpc?connectionParams=1", "192.0.2.1")),
  );
  const refused = await refusal(server, "192.0.2.1");
  expect(refused.status).toBe(429);
  expect(refused.retryAfter).toBeGreaterThan(0);
  await closed(sockets);
});

test("without limits a user opens what they like", async () => {
  await using server = await startTestServer({ MAX_CONNECTIONS: "1", MAX_CONNECTIONS_PER_ADDRESS: "1" });
  const person = await createPerson(server.url);
  const sockets: FrameSocket[] = [];
  for (let n = 0; n < perUser + 2; n += 1) {
    const socket = await openFrames(`${server.wsUrl}/messages/ws?token=${person.token}`);
    await kinds["the seed's chat socket"]!.signIn(socket, person);
    sockets.push(socket);
  }
  await closed(sockets);
});
