import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openFrames, type Frame, type FrameSocket } from "../support/frames.ts";
import { createPerson, signIn, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { trpcOverSocket } from "../support/trpc.ts";
import { createVirtualClock } from "@causerie/server/testing";

const clock = createVirtualClock();
let server: TestServer;
let jean: Person;
let marie: Person;
let luc: Person;
beforeAll(async () => {
  server = await startTestServer({}, { clock });
  jean = await createPerson(server.url, "Jean Dupont");
  marie = await createPerson(server.url, "Marie Curie");
  luc = await createPerson(server.url, "Luc Besson");
});
afterAll(() => server[Symbol.asyncDispose]());

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
const anyId = expect.any(Number) as number;
const ofType = (type: string) => (frame: Frame) => frame.type === type;
const statusOf = (person: Person) => (frame: Frame) =>
  frame.type === "user_status" && frame["user_id"] === person.id;

/** An activity socket that has received its first frame. */
async function activity(person: Person): Promise<FrameSocket> {
  const socket = await openFrames(`${server.wsUrl}/users/ws/${person.token}`);
  await socket.next(ofType("active_users"));
  return socket;
}

/** A chat socket that is being served. */
async function chat(person: Person): Promise<FrameSocket> {
  const socket = await openFrames(`${server.wsUrl}/messages/ws?token=${person.token}`);
  await barrier(socket);
  return socket;
}

/** Once the answer is here, so is everything that was sent before it. */
async function barrier(socket: FrameSocket): Promise<void> {
  socket.send({ type: "ping" });
  await socket.next(ofType("pong"));
}

async function closeAll(...sockets: FrameSocket[]): Promise<void> {
  for (const socket of sockets) socket.close();
  await Promise.all(sockets.map((socket) => socket.closed()));
  // Past the grace for reconnecting, so that the next test starts with nobody online.
  await clock.advance(10_000);
}

describe("the activity socket", () => {
  test("first says who is active, the newcomer included", async () => {
    const jeans = await activity(jean);
    expect(jeans.frames).toEqual([{ type: "active_users", users: [jean.id], timestamp: isoTime }]);
    const maries = await activity(marie);
    expect(maries.frames[0]).toEqual({
      type: "active_users",
      users: [jean.id, marie.id],
      timestamp: isoTime,
    });
    await closeAll(jeans, maries);
  });

  test("tells the others of each activity connection that opens, and never the one that opened it", async () => {
    const jeans = await activity(jean);
    const online = { type: "user_status", user_id: marie.id, status: "online", timestamp: isoTime };
    const first = await activity(marie);
    expect(await jeans.next(statusOf(marie))).toEqual(online);
    const second = await activity(marie);
    expect(await jeans.next(statusOf(marie))).toEqual(online);
    await barrier(second);
    expect(second.frames.filter(statusOf(marie))).toEqual([]);
    await closeAll(jeans, first, second);
  });

  test("answers a ping with the time, and says again who is active when asked", async () => {
    const jeans = await activity(jean);
    jeans.send({ type: "ping" });
    expect(await jeans.next()).toEqual({ type: "pong", timestamp: isoTime });
    jeans.send({ type: "get_active_users" });
    expect(await jeans.next()).toEqual({ type: "active_users", users: [jean.id], timestamp: isoTime });
    await closeAll(jeans);
  });

  test("hands an activity_update on to all other clients", async () => {
    const [jeans, maries, lucs] = [await activity(jean), await activity(marie), await activity(luc)];
    await Promise.all([jeans, maries].map((socket) => socket.next(statusOf(luc))));
    jeans.send({ type: "activity_update" });
    for (const socket of [maries, lucs]) {
      expect(await socket.next(statusOf(jean))).toEqual({
        type: "user_status",
        user_id: jean.id,
        status: "online",
        timestamp: isoTime,
      });
    }
    await barrier(jeans);
    expect(jeans.frames.filter(statusOf(jean))).toEqual([]);
    await closeAll(jeans, maries, lucs);
  });

  test("says offline when the last connection of a user has been closed for a few seconds", async () => {
    const [jeans, first, second] = [await activity(jean), await activity(marie), await chat(marie)];
    first.close();
    await first.closed();
    await clock.advance(10_000);
    jeans.send({ type: "get_active_users" });
    expect(await jeans.next(ofType("active_users"))).toMatchObject({ users: [jean.id, marie.id] });

    second.close();
    await second.closed();
    await clock.advance(2_000);
    jeans.send({ type: "get_active_users" });
    expect(await jeans.next(ofType("active_users"))).toMatchObject({ users: [jean.id, marie.id] });
    await clock.advance(2_000);
    expect(jeans.frames.filter(statusOf(marie)).at(-1)).toMatchObject({
      status: "offline",
      timestamp: isoTime,
    });
    jeans.send({ type: "get_active_users" });
    expect(await jeans.next(ofType("active_users"))).toMatchObject({ users: [jean.id] });
    await closeAll(jeans);
  });

  test("says nothing of a user who is back within that time", async () => {
    const [jeans, first] = [await activity(jean), await activity(marie)];
    first.close();
    await first.closed();
    await clock.advance(2_000);
    const second = await activity(marie);
    await clock.advance(10_000);
    await barrier(jeans);
    expect(jeans.frames.filter(statusOf(marie)).map(({ status }) => status)).not.toContain("offline");
    await closeAll(jeans, second);
  });

  test("says inactive after five minutes without a frame, and online again at the next one", async () => {
    const [jeans, maries] = [await activity(jean), await activity(marie)];
    await jeans.next(statusOf(marie));
    await clock.advance(4 * 60_000);
    // A ping is activity like any other frame.
    await barrier(maries);
    await clock.advance(5 * 60_000 - 1_000);
    await barrier(jeans);
    expect(jeans.frames.filter(statusOf(marie)).map(({ status }) => status)).toEqual(["online"]);
    await clock.advance(2_000);
    expect(await jeans.next(statusOf(marie))).toMatchObject({ status: "inactive", timestamp: isoTime });
    maries.send({ type: "ping" });
    expect(await jeans.next(statusOf(marie))).toMatchObject({ status: "online" });
    await closeAll(jeans, maries);
  });

  test("carries broadcasts to every connection, the sender's too, with the sender's name", async () => {
    const sockets = [await activity(jean), await activity(marie), await activity(marie)];
    const sent = await jean.call("POST", "/users/broadcast", { message: "Annonce importante" });
    expect(await sent.json()).toEqual({ status: "sent", recipients: 2 });
    for (const socket of sockets) {
      expect(await socket.next(ofType("broadcast"))).toEqual({
        type: "broadcast",
        from_user: "Jean Dupont",
        message: "Annonce importante",
        timestamp: isoTime,
      });
    }
    await closeAll(...sockets);
  });
});

describe("presence over all surfaces", () => {
  test("a user is online while any socket is open: a chat socket, or one of /trpc", async () => {
    const jeans = await activity(jean);
    const chats = await chat(marie);
    expect(await jeans.next(statusOf(marie))).toMatchObject({ status: "online" });
    await using socket = trpcOverSocket(server, luc.token);
    await socket.client.auth.me.query();
    expect(await jeans.next(statusOf(luc))).toMatchObject({ status: "online" });
    const ids = [jean.id, marie.id, luc.id];
    expect(await (await jean.call("GET", "/messages/online-users")).json()).toEqual(ids);
    expect(await (await jean.call("GET", "/users/active/list")).json()).toMatchObject({
      active_users: ids,
      count: 3,
    });
    await socket.close();
    await closeAll(jeans, chats);
  });
});

describe("the chat socket", () => {
  test("a message goes to every connection of both people, once each, and to nobody else", async () => {
    const sockets = [await chat(jean), await chat(jean), await chat(marie), await chat(marie)];
    const lucs = await chat(luc);
    sockets[0]!.send({ type: "send_message", receiver_id: marie.id, content: "Bonjour" });
    for (const socket of sockets) {
      expect(await socket.next(ofType("new_message"))).toEqual({
        type: "new_message",
        id: anyId,
        content: "Bonjour",
        sender_id: jean.id,
        receiver_id: marie.id,
        created_at: isoTime,
      });
    }
    for (const socket of [...sockets, lucs]) await barrier(socket);
    expect(sockets.map(({ frames }) => frames.filter(ofType("new_message")).length)).toEqual([1, 1, 1, 1]);
    expect(lucs.frames.filter(ofType("new_message"))).toEqual([]);
    await closeAll(...sockets, lucs);
  });

  test("a public message reaches everybody; one to oneself comes once to each own connection", async () => {
    const [jeans, lucs] = [await chat(jean), await chat(luc)];
    jeans.send({ type: "send_message", receiver_id: null, content: "à tous" });
    for (const socket of [jeans, lucs]) {
      expect(await socket.next(ofType("new_message"))).toMatchObject({
        content: "à tous",
        receiver_id: null,
      });
    }
    jeans.send({ type: "send_message", receiver_id: jean.id, content: "à moi" });
    expect(await jeans.next(ofType("new_message"))).toMatchObject({ content: "à moi" });
    for (const socket of [jeans, lucs]) await barrier(socket);
    expect([jeans, lucs].map(({ frames }) => frames.filter(ofType("new_message")).length)).toEqual([2, 1]);
    await closeAll(jeans, lucs);
  });

  test("edits and deletions made on any surface are told to both people", async () => {
    const [jeans, maries] = [await chat(jean), await chat(marie)];
    jeans.send({ type: "send_message", receiver_id: marie.id, content: "premier jet" });
    const { id } = (await jeans.next(ofType("new_message"))) as Frame & { id: number };
    await jean.call("PUT", `/messages/${id}`, { content: "corrigé" });
    for (const socket of [jeans, maries]) {
      expect(await socket.next(ofType("message_updated"))).toEqual({
        type: "message_updated",
        id,
        content: "corrigé",
        sender_id: jean.id,
        receiver_id: marie.id,
        updated_at: isoTime,
      });
    }
    await using socket = trpcOverSocket(server, jean.token);
    await socket.client.messages.delete.mutate({ message_id: id });
    for (const listener of [jeans, maries]) {
      expect(await listener.next(ofType("message_deleted"))).toEqual({
        type: "message_deleted",
        id,
        sender_id: jean.id,
        receiver_id: marie.id,
      });
    }
    await socket.close();
    await closeAll(jeans, maries);
  });

  test("a client_message_id comes back with the message, and a retry is answered to its sender only", async () => {
    const [jeans, maries] = [await chat(jean), await chat(marie)];
    const frame = {
      type: "send_message",
      receiver_id: marie.id,
      content: "une fois",
      client_message_id: "key-1",
    };
    jeans.send(frame);
    const first = await jeans.next(ofType("new_message"));
    expect(first).toMatchObject({ content: "une fois", client_message_id: "key-1" });
    jeans.send(frame);
    expect(await jeans.next(ofType("new_message"))).toEqual({ ...first, duplicate: true });
    await barrier(maries);
    expect(maries.frames.filter(ofType("new_message"))).toHaveLength(1);
    await closeAll(jeans, maries);
  });
});

describe("errors", () => {
  const error = { type: "error", message: expect.stringMatching(/\w/) as string };

  test("on the chat socket are frames, and the socket goes on", async () => {
    const jeans = await chat(jean);
    const bad: unknown[] = [
      "not JSON",
      "null",
      "[]",
      { type: "unknown" },
      { content: "no type", receiver_id: null },
      { type: "send_message", content: "no receiver" },
      { type: "send_message", receiver_id: marie.id },
      { type: "send_message", receiver_id: marie.id, content: "" },
      { type: "send_message", receiver_id: 999_999, content: "nobody" },
      { type: "send_message", receiver_id: true, content: "true is no id" },
      { type: "send_message", receiver_id: marie.id, content: "x", sender_id: marie.id },
    ];
    for (const frame of bad) {
      jeans.send(frame);
      expect(await jeans.next()).toEqual(error);
    }
    jeans.socket.send(Buffer.from("binary"));
    expect(await jeans.next()).toEqual(error);
    jeans.send({ type: "send_message", receiver_id: marie.id, content: "and on" });
    expect(await jeans.next()).toMatchObject({ type: "new_message", content: "and on" });
    await closeAll(jeans);
  });

  test("on the activity socket are frames, and the socket goes on", async () => {
    const jeans = await activity(jean);
    for (const frame of ["not JSON", "7", { type: "send_message" }, {}]) {
      jeans.send(frame);
      expect(await jeans.next()).toEqual(error);
    }
    await barrier(jeans);
    await closeAll(jeans);
  });
});

describe("tokens", () => {
  test.for(["/users/ws/", "/messages/ws?token="])(
    "%s accepts the handshake of a bad token, and closes with 4001",
    async (path) => {
      const revoked = await signIn(server.url, marie);
      await revoked.call("POST", "/auth/logout");
      for (const token of ["nonsense", `${jean.token}x`, revoked.token]) {
        const socket = await openFrames(`${server.wsUrl}${path}${token}`);
        expect(await socket.closed()).toBe(4001);
        expect(socket.frames).toEqual([]);
      }
    },
  );

  test("a chat socket without a token is closed with 4001", async () => {
    expect(await (await openFrames(`${server.wsUrl}/messages/ws`)).closed()).toBe(4001);
  });

  test("live sockets close with 4001 when their session ends or their token expires", async () => {
    const session = await signIn(server.url, luc);
    const revoked = [await activity(session), await chat(session)];
    await session.call("POST", "/auth/logout");
    expect(await Promise.all(revoked.map((socket) => socket.closed(1000)))).toEqual([4001, 4001]);

    const expiring = await activity(luc);
    clock.skip(24 * 3600_000);
    expect(await expiring.closed(1000)).toBe(4001);
    expect(await (await openFrames(`${server.wsUrl}/users/ws/${luc.token}`)).closed()).toBe(4001);
  });
});
