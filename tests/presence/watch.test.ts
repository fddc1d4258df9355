import { limits } from "@causerie/shared";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openFrames, type FrameSocket } from "../support/frames.ts";
import { createPerson, type Person } from "../support/people.ts";
import { openSse } from "../support/sse.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { trpcOverSocket } from "../support/trpc.ts";
import { createVirtualClock } from "@causerie/server/testing";
import { watch } from "./watching.ts";

const clock = createVirtualClock();
let server: TestServer;
let ada: Person;
let blaise: Person;
let chloe: Person;
beforeAll(async () => {
  server = await startTestServer({}, { clock });
  ada = await createPerson(server.url, "Ada");
  blaise = await createPerson(server.url, "Blaise");
  chloe = await createPerson(server.url, "Chloé");
});
afterAll(() => server[Symbol.asyncDispose]());

/** A chat socket that is being served: presence knows of it. */
async function appear(person: Person): Promise<FrameSocket> {
  const socket = await openFrames(`${server.wsUrl}/messages/ws?token=${person.token}`);
  socket.send({ type: "ping" });
  await socket.next(({ type }) => type === "pong");
  return socket;
}

async function vanish(socket: FrameSocket): Promise<void> {
  socket.close();
  await socket.closed();
}

/** Past the grace, the batch and what is on its way, so that the next test starts with nobody online. */
const calm = () => clock.advance(20_000);
const batch = () => clock.advance(limits.presenceBatchMs);

test("first tells the present state of each, then only their changes", async () => {
  const blaises = await appear(blaise);
  const nobody = 999_999;
  const watching = await watch(server, ada, { user_ids: [blaise.id, chloe.id, nobody] });
  expect(watching.events()).toEqual([
    {
      type: "presence.states",
      users: [
        { user_id: blaise.id, status: "online" },
        { user_id: chloe.id, status: "offline" },
        { user_id: nobody, status: "offline" },
      ],
      conversation_ids: [],
      timestamp: expect.stringMatching(/Z$/) as string,
    },
  ]);
  const chloes = await appear(chloe);
  await batch();
  await expect.poll(() => watching.statusesOf(chloe)).toEqual(["offline", "online"]);
  await vanish(blaises);
  await clock.advance(limits.offlineGraceMs);
  await batch();
  await expect.poll(() => watching.statusesOf(blaise)).toEqual(["online", "offline"]);
  expect(watching.events()).toHaveLength(3);
  await vanish(chloes);
  await watching.close();
  await calm();
});

test("who comes and goes many times within a second is told of once, as they are in the end", async () => {
  const watching = await watch(server, ada, { user_ids: [blaise.id, chloe.id] });
  const everybody = await openFrames(`${server.wsUrl}/users/ws/${ada.token}`);
  await everybody.next(({ type }) => type === "active_users");
  for (let n = 0; n < 20; n += 1) {
    await vanish(await appear(blaise));
    clock.skip(10);
  }
  const heard = () => everybody.frames.filter((frame) => frame["user_id"] === blaise.id);
  await batch();
  await expect.poll(() => watching.statusesOf(blaise)).toEqual(["offline", "online"]);
  expect(heard()).toHaveLength(1);
  await clock.advance(limits.offlineGraceMs);
  await batch();
  await expect.poll(() => watching.statusesOf(blaise)).toEqual(["offline", "online", "offline"]);

  // The activity socket hears of each connection at once, the watcher of nothing new.
  const activity = await openFrames(`${server.wsUrl}/users/ws/${chloe.token}`);
  await activity.next(({ type }) => type === "active_users");
  await batch();
  await expect.poll(() => watching.statusesOf(chloe)).toEqual(["offline", "online"]);
  const toldEverybody = () =>
    everybody.frames.filter((frame) => frame["user_id"] === chloe.id && frame["status"] === "online").length;
  const before = toldEverybody();
  for (let n = 0; n < 10; n += 1) activity.send({ type: "activity_update" });
  await expect.poll(toldEverybody).toBe(before + 10);
  await batch();
  await watching.settled();
  expect(watching.statusesOf(chloe)).toEqual(["offline", "online"]);
  await Promise.all([vanish(activity), vanish(everybody)]);
  await watching.close();
  await calm();
});

test("a change is told to those who watch that user and to nobody else", async () => {
  const ofBlaise = await watch(server, ada, { user_ids: [blaise.id] });
  const ofChloe = await watch(server, ada, { user_ids: [chloe.id] });
  const ofNobody = await watch(server, ada, {});
  const blaises = await appear(blaise);
  await batch();
  await expect.poll(() => ofBlaise.statusesOf(blaise)).toEqual(["offline", "online"]);
  for (const other of [ofChloe, ofNobody]) {
    await other.settled();
    expect(other.events()).toHaveLength(1);
  }
  // What is for everybody comes to all of them.
  await blaise.call("POST", "/users/broadcast", { message: "À tous" });
  for (const each of [ofBlaise, ofChloe, ofNobody])
    await expect
      .poll(() => each.events().at(-1))
      .toMatchObject({ type: "broadcast", from_user_id: blaise.id, message: "À tous" });
  await vanish(blaises);
  for (const each of [ofBlaise, ofChloe, ofNobody]) await each.close();
  await calm();
});

test("a user is as present as the most present of their sockets", async () => {
  const watching = await watch(server, ada, { user_ids: [blaise.id] });
  const [first, second] = [await appear(blaise), await appear(blaise)];
  await clock.advance(limits.inactiveAfterMs - 60_000);
  second.send({ type: "ping" });
  await second.next(({ type }) => type === "pong");
  await clock.advance(60_000);
  await batch();
  await watching.settled();
  expect(watching.statusesOf(blaise)).toEqual(["offline", "online"]);
  // What is left has been quiet for five minutes; only its pongs say that it is there.
  await vanish(second);
  await clock.advance(limits.offlineGraceMs);
  await batch();
  await expect.poll(() => watching.statusesOf(blaise)).toEqual(["offline", "online", "inactive"]);
  await clock.advance(5 * 60_000);
  await watching.settled();
  expect(watching.statusesOf(blaise)).toEqual(["offline", "online", "inactive"]);
  await vanish(first);
  await clock.advance(limits.offlineGraceMs);
  await batch();
  await expect.poll(() => watching.statusesOf(blaise)).toEqual(["offline", "online", "inactive", "offline"]);
  await watching.close();
  await calm();
});

test("two hundred users can be watched at once, and each change comes", { timeout: 120_000 }, async () => {
  const others = [blaise, chloe];
  const strangers = Array.from({ length: limits.watchedUsers - others.length }, (_, n) => 100_000 + n);
  const watching = await watch(server, ada, { user_ids: [...others.map(({ id }) => id), ...strangers] });
  expect(watching.events()[0]).toHaveProperty("users.length", limits.watchedUsers);
  const sockets = await Promise.all(others.map(appear));
  await batch();
  for (const other of others)
    await expect.poll(() => watching.statusesOf(other)).toEqual(["offline", "online"]);
  await Promise.all(sockets.map(vanish));
  await watching.close();
  await calm();
});

test("too many ids, ids twice and unknown fields are refused", async () => {
  await using socket = trpcOverSocket(server, ada.token);
  const inputs = [
    { user_ids: Array.from({ length: limits.watchedUsers + 1 }, (_, n) => n + 1) },
    { conversation_ids: Array.from({ length: limits.watchedConversations + 1 }, (_, n) => n + 1) },
    { user_ids: [1, 1] },
    { user_ids: [0] },
    { users: [1] },
  ];
  for (const input of inputs) {
    const refused = await new Promise((resolve) => {
      socket.client.presence.watch.subscribe(input, {
        onError: ({ data }) => resolve(data?.code),
        onData: resolve,
      });
    });
    expect(refused, JSON.stringify(Object.keys(input))).toBe("VALIDATION_FAILED");
  }
});

test("over server-sent events no item has an id, and the reader counts as there", async () => {
  const stream = await openSse(server.url, "presence.watch", {
    token: chloe.token,
    input: { user_ids: [blaise.id, chloe.id] },
  });
  const items = () => stream.events.filter(({ event }) => event === "message");
  await expect.poll(() => items().length).toBe(1);
  expect(items()[0]!.data).toMatchObject({
    users: [
      { user_id: blaise.id, status: "offline" },
      { user_id: chloe.id, status: "online" },
    ],
  });
  expect(stream.events.every(({ id }) => id === undefined)).toBe(true);
  // No sign of life comes from its reader, and none is asked for.
  await clock.advance(2 * limits.leaseMs);
  const status = await (await ada.call("GET", `/users/active/status/${chloe.id}`)).json();
  expect(status).toMatchObject({ is_active: true });
  stream.close();
  await stream.ended;
});
