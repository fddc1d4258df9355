import type { ServerEvent, StoredEvent } from "@causerie/shared";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createPerson, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { trpcCalls, type TrpcCalls } from "../support/trpc.ts";
import { feeds, type OpenFeed } from "../transports/fixtures/feeds.ts";
import { polledFeed } from "../transports/fixtures/polled-feed.ts";
import { refusalCode } from "./support/read-everything.ts";

let server: TestServer;
let ada: Person, blaise: Person;
let asAda: TrpcCalls, asBlaise: TrpcCalls;
let group: number;

beforeAll(async () => {
  server = await startTestServer();
  [ada, blaise] = await Promise.all([createPerson(server.url, "Ada"), createPerson(server.url, "Blaise")]);
  [asAda, asBlaise] = [trpcCalls(server, ada.token), trpcCalls(server, blaise.token)];
});

afterAll(() => server[Symbol.asyncDispose]());

beforeEach(async () => {
  const input = { kind: "group" as const, name: "Before", member_ids: [blaise.id] };
  group = (await asAda.conversations.create.mutate(input)).id;
});

const soon = { interval: 5, timeout: 5000 };
const send = (content: string) => asAda.messages.send.mutate({ conversation_id: group, content });
const place = () => ({ conversation_id: group, user_id: blaise.id });
const remove = () => asAda.conversations.members.remove.mutate(place());
const add = (history: "none" | "all") =>
  asAda.conversations.members.add.mutate({ conversation_id: group, user_ids: [blaise.id], history });
const head = async () => (await asBlaise.bootstrap.query()).cursor;

/** All that a feed told of the group: until it tells of a public message that is sent now. */
async function toldOfGroup(feed: OpenFeed): Promise<StoredEvent[]> {
  const marker = await asAda.messages.send.mutate({ receiver_id: null, content: "a marker" });
  const events = () => feed.items.map(({ data }) => data).filter(isStored);
  const isMarker = (event: StoredEvent) => "message" in event && event.message.id === marker.id;
  await expect.poll(() => events().some(isMarker), soon).toBe(true);
  return events().filter(isOfGroup);
}

const isStored = (event: ServerEvent): event is StoredEvent =>
  event.type !== "heartbeat" && event.type !== "reset";

function isOfGroup(event: StoredEvent): boolean {
  if ("message" in event) return event.message.conversation_id === group;
  if ("conversation" in event) return event.conversation.id === group;
  return "conversation_id" in event && event.conversation_id === group;
}

/** Events as short words: `message.created one`, `member.left 2`. */
const story = (events: readonly StoredEvent[]) =>
  events.map((event) => {
    if ("message" in event) return `${event.type} ${"content" in event.message ? event.message.content : ""}`;
    if ("member" in event) return `${event.type} ${event.member.user_id}`;
    return "user_id" in event ? `${event.type} ${event.user_id}` : event.type;
  });

describe.each([...feeds, polledFeed])("over $name", (feed) => {
  test("whoever is removed hears that, and then nothing of the conversation", async () => {
    const open = await feed.open(server, blaise, await head());
    const early = await send("while they were in");
    // Heartbeats are items too.
    await expect.poll(() => open.items.map(({ data }) => data.type), soon).toContain("message.created");
    await remove();
    await send("after");
    await asAda.messages.edit.mutate({ message_id: early.id, content: "edited after" });
    await asAda.conversations.update.mutate({ conversation_id: group, name: "After" });
    await asAda.messages.delete.mutate({ message_id: early.id });
    expect(story(await toldOfGroup(open))).toEqual([
      "message.created while they were in",
      `member.left ${blaise.id}`,
    ]);
    await open.close();
  });

  test("a resume after the removal tells of nothing but that, not even of having been let in", async () => {
    await remove();
    const cursor = await head();
    await add("all");
    await send("while they were in");
    await remove();
    await send("after");
    await asAda.conversations.update.mutate({ conversation_id: group, name: "After" });
    const open = await feed.open(server, blaise, cursor);
    expect(story(await toldOfGroup(open))).toEqual([`member.left ${blaise.id}`]);
    await open.close();
  });

  test("whoever comes back without history sees nothing of the time between, nor of before", async () => {
    const cursor = await head();
    const early = await send("while they were in");
    await remove();
    const between = await send("between");
    await add("none");
    await asAda.messages.edit.mutate({ message_id: early.id, content: "early, edited" });
    await asAda.messages.edit.mutate({ message_id: between.id, content: "between, edited" });
    await asAda.messages.delete.mutate({ message_id: early.id });
    const late = await send("late");
    const open = await feed.open(server, blaise, cursor);
    expect(story(await toldOfGroup(open))).toEqual([
      `member.left ${blaise.id}`,
      "conversation.created",
      `member.joined ${blaise.id}`,
      "message.created late",
    ]);
    const page = await asBlaise.conversations.history.query({ conversation_id: group, around: 1 });
    expect(page).toMatchObject({ messages: [{ id: late.id }], from_seq: late.seq, has_older: false });
    await open.close();
  });

  test("whoever comes back with the history is told to load the conversation, and can", async () => {
    const cursor = await head();
    await send("while they were in");
    await remove();
    await send("between");
    await add("all");
    const open = await feed.open(server, blaise, cursor);
    expect(story(await toldOfGroup(open))).toEqual([
      `member.left ${blaise.id}`,
      "conversation.created",
      `member.joined ${blaise.id}`,
    ]);
    const { messages } = await asBlaise.conversations.history.query({ conversation_id: group });
    expect(messages.map(({ content }) => content)).toEqual(["while they were in", "between"]);
    await open.close();
  });

  test("somebody who left a public conversation and reads on hears of it as everybody does", async () => {
    const { id } = await asAda.conversations.create.mutate({ kind: "public", name: "Open" });
    group = id;
    const cursor = await head();
    await asBlaise.conversations.join.mutate({ conversation_id: id });
    await asBlaise.conversations.leave.mutate({ conversation_id: id });
    await send("to all");
    const open = await feed.open(server, blaise, cursor);
    expect(story(await toldOfGroup(open))).toEqual([`member.left ${blaise.id}`, "message.created to all"]);
    await open.close();
  });
});

test("for whoever was removed the conversation does not exist, whatever they ask", async () => {
  const { id: message_id } = await asBlaise.messages.send.mutate({ conversation_id: group, content: "mine" });
  await remove();
  const conversation_id = group;
  const { conversations: calls, messages } = asBlaise;
  const attempts = {
    get: () => calls.get.query({ conversation_id }),
    history: () => calls.history.query({ conversation_id }),
    markRead: () => calls.markRead.mutate({ conversation_id, up_to_seq: 1 }),
    update: () => calls.update.mutate({ conversation_id, name: "Mine" }),
    join: () => calls.join.mutate({ conversation_id }),
    leave: () => calls.leave.mutate({ conversation_id }),
    "members.list": () => calls.members.list.query({ conversation_id }),
    "members.add": () => calls.members.add.mutate({ conversation_id, user_ids: [blaise.id] }),
    "members.remove": () => calls.members.remove.mutate(place()),
    "members.setRole": () => calls.members.setRole.mutate({ ...place(), role: "owner" }),
    send: () => messages.send.mutate({ conversation_id, content: "still here" }),
    edit: () => messages.edit.mutate({ message_id, content: "edited" }),
    delete: () => messages.delete.mutate({ message_id }),
  };
  const missing = await asBlaise.conversations.get.query({ conversation_id: 999_999 }).catch(String);
  for (const [name, attempt] of Object.entries(attempts)) {
    const error: unknown = await attempt().then(
      () => expect.fail(`${name} was not refused`),
      (refusal: unknown) => refusal,
    );
    expect([name, refusalCode(error)]).toEqual([name, "NOT_FOUND"]);
  }
  expect(await calls.get.query({ conversation_id }).catch(String)).toBe(missing);
  const listed = await calls.list.query({});
  expect(listed.conversations.map(({ id }) => id)).not.toContain(group);
});
