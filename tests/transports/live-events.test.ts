import type { PresenceEvent } from "@causerie/shared";
import { describe, expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson, type Person } from "../support/people.ts";
import { openSse } from "../support/sse.ts";
import { createStorage } from "../support/storage.ts";
import { startTestServer } from "../support/test-server.ts";
import { trpcOverSocket } from "../support/trpc.ts";
import { useWorld } from "./fixtures/index.ts";
import { feeds, story, type FeedItem, type OpenFeed } from "./fixtures/feeds.ts";

const world = useWorld(["Ada", "Blaise", "Chloé"]);

async function send(from: Person, receiver_id: number | null, content: string): Promise<number> {
  const answer = await from.call("POST", "/messages/", { receiver_id, content });
  return ((await answer.json()) as { id: number }).id;
}

/** The first item comes at once, and is where to resume from if nothing else does. */
async function started(feed: OpenFeed): Promise<OpenFeed> {
  await expect.poll(() => feed.items.length, { interval: 5 }).toBeGreaterThan(0);
  return feed;
}

const soon = { interval: 5, timeout: 5000 };

describe.each(feeds)("events over $name", (feed) => {
  test("a stream starts with its place in the log, then tells each change once and in order", async () => {
    const [ada, blaise] = [world.people[0]!, world.people[1]!];
    const open = await started(await feed.open(world.server, blaise));
    expect(open.items[0]).toMatchObject({ data: { type: "heartbeat" } });
    const id = await send(ada, blaise.id, "one");
    await send(blaise, ada.id, "two");
    await send(ada, null, "three");
    await ada.call("PUT", `/messages/${id}`, { content: "ONE" });
    const gone = await send(blaise, blaise.id, "four");
    await expect.poll(() => story(open.items), soon).toContain("message.created four");
    await blaise.call("DELETE", `/messages/${gone}`);
    await expect.poll(() => story(open.items).at(-1), soon).toMatch("message.deleted");
    expect(story(open.items).filter((text) => !text.startsWith("conversation"))).toEqual([
      "message.created one",
      "message.created two",
      "message.created three",
      "message.updated ONE",
      "message.created four",
      expect.stringMatching(/^message\.deleted #\d+$/),
    ]);
    const positions = open.items.map(({ id: cursor }) => Number(cursor.split(":")[1]));
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
    await open.close();
  });

  test("nobody hears of other people's direct messages, live or when resuming", async () => {
    const [ada, blaise, chloe] = [world.people[0]!, world.people[1]!, world.people[2]!];
    const open = await started(await feed.open(world.server, chloe));
    await send(ada, blaise.id, "between us");
    await send(ada, null, "to all");
    await expect.poll(() => story(open.items), soon).toEqual(["message.created to all"]);
    await open.close();
    const resumed = await feed.open(world.server, chloe, open.items[0]!.id);
    await expect.poll(() => story(resumed.items), soon).toEqual(["message.created to all"]);
    await resumed.close();
  });

  test("after a cut it goes on where it was: nothing lost, nothing twice", async () => {
    const [ada, blaise] = [world.people[0]!, world.people[1]!];
    const first = await started(await feed.open(world.server, blaise));
    await send(ada, blaise.id, "before the cut");
    await expect.poll(() => story(first.items), soon).toEqual(["message.created before the cut"]);
    await first.close();
    const id = await send(ada, blaise.id, "during");
    await ada.call("PUT", `/messages/${id}`, { content: "during, edited" });
    const second = await feed.open(world.server, blaise, first.items.at(-1)!.id);
    await send(ada, blaise.id, "after");
    await expect
      .poll(() => story(second.items), soon)
      .toEqual([
        // A change shows the message as it is now.
        "message.created during, edited",
        "message.updated during, edited",
        "message.created after",
      ]);
    await second.close();
  });

  test("a heartbeat is a place to resume from: what came before it does not come again", async () => {
    const [ada, blaise] = [world.people[0]!, world.people[1]!];
    await send(ada, blaise.id, "long ago");
    const first = await started(await feed.open(world.server, blaise));
    await first.close();
    const second = await feed.open(world.server, blaise, first.items[0]!.id);
    await send(ada, blaise.id, "new");
    await expect.poll(() => story(second.items), soon).toEqual(["message.created new"]);
    await second.close();
  });

  test("it goes on after the server was restarted on the same data", async () => {
    await using storage = await createStorage();
    const before = await startTestServer({}, { storage });
    const [ada, blaise] = [await createPerson(before.url), await createPerson(before.url)];
    const first = await started(await feed.open(before, blaise));
    await send(ada, blaise.id, "seen");
    await expect.poll(() => story(first.items), soon).toContain("message.created seen");
    await first.close();
    await send(ada, blaise.id, "missed");
    await before.stop();

    await using after = await startTestServer({ PORT: String(before.port) }, { storage });
    const second = await feed.open(after, blaise, first.items.at(-1)!.id);
    await expect.poll(() => story(second.items), soon).toEqual(["message.created missed"]);
    await send(ada, blaise.id, "live again");
    await expect.poll(() => story(second.items).at(-1), soon).toBe("message.created live again");
    await second.close();
    await after.stop();
  });

  test.for([
    ["from another log", "epoch_changed", (cursor: string) => `another:${cursor.split(":")[1]}`],
    [
      "beyond the end of the log",
      "position_unknown",
      (cursor: string) => `${cursor.split(":")[0]}:999999999`,
    ],
  ] as const)(
    "a cursor %s is answered with a reset and a new cursor, and the stream goes on",
    async ([, reason, forge]) => {
      const [ada, blaise] = [world.people[0]!, world.people[1]!];
      const probe = await started(await feed.open(world.server, blaise));
      await probe.close();
      const { id: head } = probe.items.at(-1)!;
      const open = await started(await feed.open(world.server, blaise, forge(head)));
      expect(open.items[0]).toEqual({ id: head, data: { type: "reset", reason } });
      await send(ada, blaise.id, "after the reset");
      await expect.poll(() => story(open.items), soon).toEqual(["message.created after the reset"]);
      await open.close();
    },
  );

  test.for(["nonsense", "a:b", ":1", "a:1:2", `${"x".repeat(70)}:1`])(
    "the cursor %s is refused",
    async (cursor) => {
      const open = await feed.open(world.server, world.people[1]!, cursor);
      await expect.poll(() => open.refusals, soon).toEqual(["VALIDATION_FAILED"]);
      expect(open.items).toEqual([]);
      await open.close();
    },
  );

  test("newcomers are announced to everybody, without their e-mail address", async () => {
    const open = await started(await feed.open(world.server, world.people[0]!));
    const { id, name } = await createPerson(world.server.url, "Newcomer");
    await expect.poll(() => story(open.items), soon).toEqual(["user.created"]);
    const { data } = open.items.at(-1) as FeedItem & { data: { type: "user.created" } };
    expect(data.user).toMatchObject({ id, name });
    expect(data.user).not.toHaveProperty("email");
    await open.close();
  });
});

test("a stock client that loses its socket resumes by itself, over a restart too", async () => {
  await using storage = await createStorage();
  const before = await startTestServer({}, { storage });
  const [ada, blaise] = [await createPerson(before.url), await createPerson(before.url)];
  await using socket = trpcOverSocket(before, blaise.token);
  const items: FeedItem[] = [];
  socket.client.events.stream.subscribe({}, { onData: (item) => items.push(item) });
  await expect.poll(() => items.length, soon).toBe(1);

  const expected = ["conversation.created"];
  for (const n of [1, 2, 3]) {
    socket.cut();
    await send(ada, blaise.id, `cut ${n}`);
    expected.push(`message.created cut ${n}`);
    await expect.poll(() => story(items), soon).toEqual(expected);
  }
  await before.stop();
  await using after = await startTestServer({ PORT: String(before.port) }, { storage });
  await send(ada, blaise.id, "restarted");
  await expect.poll(() => story(items), soon).toEqual([...expected, "message.created restarted"]);
  expect(socket.closeCodes).toContain(1012);
  await socket.close();
  await after.stop();
});

test("all live surfaces of both people tell the same messages, once each and in the same order", async () => {
  const [ada, blaise] = [world.people[0]!, world.people[1]!];
  const open: OpenFeed[] = [];
  const chats = [];
  for (const person of [ada, blaise, blaise]) {
    for (const feed of feeds) open.push(await started(await feed.open(world.server, person)));
    const chat = await openFrames(`${world.server.wsUrl}/messages/ws?token=${person.token}`);
    chat.send({ type: "ping" });
    await chat.next(({ type }) => type === "pong");
    chats.push(chat);
  }
  const expected: string[] = [];
  for (let n = 0; n < 30; n += 1) {
    const [from, to] = n % 2 ? [ada, blaise] : [blaise, ada];
    expected.push(`message.created ${n}`);
    if (n % 3 === 0)
      chats[n % 2 ? 0 : 1]!.send({ type: "send_message", receiver_id: to.id, content: `${n}` });
    else await send(from, to.id, `${n}`);
    await expect.poll(() => story(open[0]!.items).length, soon).toBe(n + 1);
  }
  for (const { items } of open) await expect.poll(() => story(items), soon).toEqual(expected);
  for (const { frames } of chats) {
    const told = () =>
      frames
        .filter(({ type }) => type === "new_message")
        .map(({ content }) => `message.created ${String(content)}`);
    await expect.poll(told, soon).toEqual(expected);
  }
  for (const feed of open) await feed.close();
  for (const chat of chats) chat.close();
});

describe("presence.stream", () => {
  test("tells who is online, who comes and who broadcasts, over a socket", async () => {
    const [ada, blaise] = [world.people[0]!, world.people[1]!];
    await using socket = trpcOverSocket(world.server, ada.token);
    const events: PresenceEvent[] = [];
    socket.client.presence.stream.subscribe(undefined, { onData: (event) => events.push(event) });
    await expect.poll(() => events.length, soon).toBeGreaterThan(0);
    expect(events[0]).toMatchObject({
      type: "presence.snapshot",
      user_ids: expect.arrayContaining([ada.id]) as number[],
    });

    const activity = await openFrames(`${world.server.wsUrl}/users/ws/${blaise.token}`);
    const online = { type: "presence.changed", user_id: blaise.id, status: "online" };
    await expect.poll(() => events, soon).toContainEqual(expect.objectContaining(online));
    await blaise.call("POST", "/users/broadcast", { message: "Annonce" });
    const broadcast = { type: "broadcast", from_user_id: blaise.id, from_user: "Blaise", message: "Annonce" };
    await expect.poll(() => events, soon).toContainEqual(expect.objectContaining(broadcast));
    activity.close();
  });

  test("comes over server-sent events too, and its reader counts as online", async () => {
    const [ada, , chloe] = [world.people[0]!, world.people[1]!, world.people[2]!];
    const stream = await openSse(world.server.url, "presence.stream", { token: chloe.token });
    const data = () => stream.events.map((event) => event.data);
    await expect.poll(data, soon).toContainEqual(expect.objectContaining({ type: "presence.snapshot" }));
    // Nothing ephemeral has an id: it would replace the place in the log that a client keeps.
    expect(stream.events.every(({ id }) => id === undefined)).toBe(true);
    const status = await (await ada.call("GET", `/users/active/status/${chloe.id}`)).json();
    expect(status).toMatchObject({ is_active: true });
    stream.close();
    await stream.ended;
  });

  test("is refused to whoever has not signed in, as events.stream is", async () => {
    await using socket = trpcOverSocket(world.server);
    const refusals: (string | undefined)[] = [];
    socket.client.presence.stream.subscribe(undefined, { onError: ({ data }) => refusals.push(data?.code) });
    socket.client.events.stream.subscribe({}, { onError: ({ data }) => refusals.push(data?.code) });
    await expect.poll(() => refusals, soon).toEqual(["UNAUTHORIZED", "UNAUTHORIZED"]);
    const overSse = await openSse(world.server.url, "events.stream", { token: "not.a.token" });
    await overSse.ended;
    const told = overSse.events.map(({ event, data }) => [
      event,
      (data as { data?: unknown } | undefined)?.data,
    ]);
    expect(told).toContainEqual(["serialized-error", expect.objectContaining({ code: "UNAUTHORIZED" })]);
  });
});
