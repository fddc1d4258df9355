import { describe, expect, test, vi } from "vitest";
import { me, mostUnread } from "./model-server.testing.ts";
import { createStage, type Stage } from "./store-stage.testing.ts";

const other = 2;

/** A stage with some groups, the last one written in last, on which the stores have begun. */
async function stageWith(groups: number, messages: number, options?: Parameters<typeof createStage>[0]) {
  const stage = createStage(options);
  const ids = Array.from({ length: groups }, () => stage.server.create("group", [other, me]));
  for (const id of ids) for (let n = 0; n < messages; n += 1) stage.server.send(id, other);
  stage.automatic();
  await stage.reset("no_cursor");
  await stage.clock.advance(1);
  return { ...stage, stage, ids, list: stage.stores.list };
}

async function arrive(stage: Stage, ms = 1): Promise<void> {
  stage.flush();
  await stage.clock.advance(ms);
}

const called = (stage: Stage, path: string) =>
  stage.calls.filter((call) => call.path === path).map(({ input }) => input);
const messageAt = (stage: Stage, id: number, seq: number) =>
  stage.server.readable(id).find((message) => message.seq === seq)!;

describe("the list", () => {
  test("shows nothing before the snapshot, then what it says, newest first", async () => {
    const stage = createStage();
    const { list } = stage.stores;
    expect(list.getSnapshot()).toMatchObject({ status: "loading", conversations: [], unreadTotal: 0 });
    const id = stage.server.create("group", [me, other]);
    stage.server.send(id, other);
    await stage.reset("no_cursor");
    await stage.clock.advance(1);
    expect(list.getSnapshot()).toEqual({
      status: "ready",
      conversations: stage.server.list(),
      ...{ hasMore: false, isLoadingMore: false, unreadTotal: 1, isUnreadTotalExact: true },
    });
  });

  test("grows by pages on demand, one call at a time, until there is no more", async () => {
    const { stage, list, server } = await stageWith(120, 1);
    expect(list.getSnapshot()).toMatchObject({ hasMore: true });
    expect(list.getSnapshot().conversations).toHaveLength(50);
    stage.automatic(false);
    const both = [list.loadMore(), list.loadMore()];
    await stage.clock.advance(1);
    expect(list.getSnapshot().isLoadingMore).toBe(true);
    expect(called(stage, "list")).toHaveLength(1);
    stage.automatic();
    await Promise.all(both);
    await list.loadMore();
    await stage.clock.advance(1);
    expect(list.getSnapshot()).toMatchObject({ hasMore: false, isLoadingMore: false });
    expect(list.getSnapshot().conversations).toEqual(server.list());
    stage.automatic(false);
    await list.loadMore();
    expect(stage.calls).toHaveLength(0);
  });

  test("keeps 1,000, drops pages of the old end beyond, and loads those again", async () => {
    const { stage, ids, list, server } = await stageWith(1_010, 1);
    // All of them become known, as messages come in each.
    for (const id of ids) server.send(id, other);
    await arrive(stage, 1_100);
    await arrive(stage, 60_000);
    const kept = list.getSnapshot();
    expect(kept.conversations.length).toBeGreaterThan(940);
    expect(kept.conversations.length).toBeLessThanOrEqual(1_000);
    expect(kept.hasMore).toBe(true);
    expect(kept.conversations).toEqual(server.list().slice(0, kept.conversations.length));
    expect(kept).toMatchObject({ unreadTotal: 2_020, isUnreadTotalExact: true });
    await list.loadMore();
    await stage.clock.advance(1);
    expect(list.getSnapshot().conversations.length).toBeGreaterThan(kept.conversations.length);
    while (list.getSnapshot().hasMore) {
      await list.loadMore();
      await stage.clock.advance(1);
    }
    expect(list.getSnapshot().conversations).toEqual(server.list());
    expect(list.getSnapshot().unreadTotal).toBe(2_020);
  });

  test("a conversation that is known but older than the pages is not among those shown", async () => {
    const { stage, ids, list } = await stageWith(60, 1);
    stage.stores.conversation(ids[0]!).subscribe(() => undefined);
    await stage.clock.advance(1_100);
    expect(list.get(ids[0]!)).toMatchObject({ id: ids[0] });
    expect(list.getSnapshot().conversations).toHaveLength(50);
  });
});

describe("events", () => {
  test("message.created: the last message, the place in the list, the count", async () => {
    const { stage, ids, list, server } = await stageWith(3, 1);
    const message = server.send(ids[0]!, other);
    await arrive(stage);
    const [first] = list.getSnapshot().conversations;
    expect(first).toMatchObject({ id: ids[0], last_message: message, last_seq: 2, unread_count: 2 });
    expect(list.getSnapshot().conversations).toEqual(server.list());
    expect(list.getSnapshot().unreadTotal).toBe(4);
  });

  test("message.created: one's own is not unread, nor is one in public that was not joined", async () => {
    const { stage, ids, list, server } = await stageWith(1, 1);
    const open = server.create("public", []);
    await arrive(stage, 1_100);
    server.send(ids[0]!, me);
    server.send(open, other);
    await arrive(stage);
    expect(list.getSnapshot().unreadTotal).toBe(1);
    expect(list.getSnapshot().conversations).toEqual(server.list());
  });

  test("message.created of an unknown conversation asks, once for all that come within a second", async () => {
    const { stage, ids, list, server } = await stageWith(60, 1);
    stage.automatic(false);
    for (let n = 0; n < 5; n += 1) server.send(ids[0]!, other);
    server.send(ids[1]!, other);
    await arrive(stage, 900);
    expect(stage.calls).toHaveLength(0);
    await stage.clock.advance(200);
    // One at a time.
    expect(called(stage, "get")).toEqual([{ conversation_id: ids[0] }]);
    stage.calls[0]!.arrive();
    await stage.clock.advance(1);
    expect(called(stage, "get")).toEqual([{ conversation_id: ids[1] }]);
    stage.calls[0]!.arrive();
    await stage.clock.advance(1);
    expect(
      list
        .getSnapshot()
        .conversations.slice(0, 2)
        .map(({ id }) => id),
    ).toEqual([ids[1], ids[0]]);
  });

  test("message.created counts from when the user came in, also while that is being asked about", async () => {
    const { stage, list, server } = await stageWith(0, 0);
    const open = server.create("public", []);
    await arrive(stage, 1_100);
    stage.automatic(false);
    server.join(open, me);
    await arrive(stage, 1_100);
    const [ask] = stage.calls;
    ask!.answer();
    server.send(open, other);
    await arrive(stage);
    expect(list.get(open)).toMatchObject({ role: null, unread_count: 0, last_seq: 1 });
    ask!.arrive();
    await stage.clock.advance(1);
    expect(list.get(open)).toMatchObject({ role: "member", unread_count: 1 });
  });

  test("message.updated: the last message, if it is that one", async () => {
    const { stage, ids, list, server } = await stageWith(1, 2);
    const before = list.getSnapshot();
    server.edit(messageAt(stage, ids[0]!, 1));
    await arrive(stage);
    expect(list.getSnapshot()).toBe(before);
    server.edit(messageAt(stage, ids[0]!, 2));
    await arrive(stage);
    expect(list.get(ids[0]!)!.last_message!.content).toMatch(/edited$/);
  });

  test("message.deleted: the message before comes from the open window, without asking", async () => {
    const { stage, ids, list, server } = await stageWith(1, 1);
    stage.stores.conversation(ids[0]!).subscribe(() => undefined);
    await stage.clock.advance(1);
    server.send(ids[0]!, me);
    await arrive(stage);
    stage.automatic(false);
    server.remove(messageAt(stage, ids[0]!, 2));
    await arrive(stage, 5_000);
    expect(list.get(ids[0]!)!.last_message).toMatchObject({ seq: 1 });
    expect(stage.calls).toHaveLength(0);
  });

  test("message.deleted: without a window it asks, and never shows what was deleted", async () => {
    const { stage, ids, list, server } = await stageWith(1, 2);
    server.remove(messageAt(stage, ids[0]!, 2));
    stage.automatic(false);
    await arrive(stage);
    expect(list.get(ids[0]!)!.last_message).toBeNull();
    stage.automatic();
    await stage.clock.advance(1_100);
    expect(list.get(ids[0]!)!.last_message).toMatchObject({ seq: 1 });
  });

  test("message.deleted alone, of a message that nobody heard of, moves the conversation", async () => {
    const { stage, ids, list, server } = await stageWith(3, 1);
    server.send(ids[0]!, other);
    server.remove(messageAt(stage, ids[0]!, 2));
    await arrive(stage);
    expect(list.getSnapshot().conversations[0]).toMatchObject({ id: ids[0], last_seq: 2 });
  });

  test("conversation.created asks, and enters", async () => {
    const { stage, list, server } = await stageWith(1, 1);
    const id = server.create("group", [other, me]);
    await arrive(stage, 900);
    expect(list.get(id)).toBeUndefined();
    await stage.clock.advance(200);
    expect(list.getSnapshot().conversations).toEqual(server.list());
  });

  test("conversation.updated: its fields, but no earlier end", async () => {
    const { stage, ids, list, server } = await stageWith(1, 1);
    server.rename(ids[0]!);
    stage.hand();
    server.send(ids[0]!, other);
    stage.hand();
    await arrive(stage);
    expect(list.getSnapshot().conversations).toEqual(server.list());
  });

  test("conversation.read moves the marker forward only", async () => {
    const { stage, ids, list, server } = await stageWith(1, 5);
    server.read(ids[0]!, 5);
    await arrive(stage);
    expect(list.get(ids[0]!)).toMatchObject({ last_read_seq: 5, unread_count: 0 });
    stage.tell({ type: "conversation.read", conversation_id: ids[0]!, last_read_seq: 3 });
    await stage.clock.advance(1);
    expect(list.get(ids[0]!)).toMatchObject({ last_read_seq: 5, unread_count: 0 });
  });

  test("members come, change and go where all of them are known, without asking", async () => {
    const { stage, ids, list, server } = await stageWith(1, 1);
    stage.automatic(false);
    server.join(ids[0]!, 5);
    await arrive(stage);
    expect(list.get(ids[0]!)!.members.map(({ user_id }) => user_id)).toEqual([1, 2, 5]);
    server.setRole(ids[0]!, 5, "admin");
    server.setRole(ids[0]!, me, "admin");
    server.leave(ids[0]!, other);
    await arrive(stage, 5_000);
    expect(list.get(ids[0]!)).toEqual(server.state(ids[0]!));
    expect(list.get(ids[0]!)).toMatchObject({ role: "admin", member_ids: [1, 5], member_count: 2 });
    expect(stage.calls).toHaveLength(0);
  });

  test("members of a large group, not all of whom are known, are asked for", async () => {
    const stage = createStage();
    const id = stage.server.create("group", [me, ...Array.from({ length: 30 }, (_, n) => n + 10)]);
    stage.automatic();
    await stage.reset("no_cursor");
    stage.server.join(id, 5);
    stage.server.leave(id, 12);
    await arrive(stage, 1_100);
    expect(stage.stores.list.get(id)).toEqual(stage.server.state(id));
  });

  test("member.left of the caller: a group goes, a public one stays without role and unread", async () => {
    const { stage, ids, list, server } = await stageWith(1, 3);
    const open = server.create("public", [me]);
    server.send(open, other);
    await arrive(stage, 1_100);
    expect(list.getSnapshot().unreadTotal).toBe(4);
    server.leave(ids[0]!, me);
    server.leave(open, me);
    await arrive(stage);
    expect(list.getSnapshot().conversations).toMatchObject([{ id: open, role: null, unread_count: 0 }]);
    expect(list.getSnapshot().unreadTotal).toBe(0);
  });

  test("user.updated and user.deleted change names wherever they are shown, and nothing else", async () => {
    const { stage, ids, list, server } = await stageWith(2, 1);
    const without = server.create("group", [3, me]);
    await arrive(stage, 1_100);
    const untouched = list.get(without);
    server.renameUser(other);
    await arrive(stage);
    for (const id of ids)
      expect(list.get(id)!.members.map(({ name }) => name)).toEqual(["user 1", "user 2!"]);
    expect(list.get(without)).toBe(untouched);
    stage.tell({ type: "user.deleted", user_id: other });
    await stage.clock.advance(1);
    expect(list.get(ids[0]!)!.members.map(({ name }) => name)).toEqual(["user 1", ""]);
  });

  test("an event that comes while it is asked makes the question repeated", async () => {
    const { stage, ids, list, server } = await stageWith(1, 3);
    stage.automatic(false);
    server.remove(messageAt(stage, ids[0]!, 1));
    await arrive(stage, 1_100);
    const [ask] = stage.calls;
    ask!.answer();
    server.remove(messageAt(stage, ids[0]!, 2));
    await arrive(stage);
    ask!.arrive();
    await stage.clock.advance(1);
    expect(called(stage, "get")).toEqual([]);
    stage.automatic();
    await stage.clock.advance(1_100);
    expect(list.get(ids[0]!)).toEqual(server.state(ids[0]!));
  });

  test("a conversation that comes back while it is being asked for is asked for again", async () => {
    const { stage, ids, list, server } = await stageWith(1, 2);
    stage.automatic(false);
    server.remove(messageAt(stage, ids[0]!, 1));
    await arrive(stage, 1_100);
    server.leave(ids[0]!, me);
    stage.calls[0]!.answer();
    server.join(ids[0]!, me);
    stage.flush();
    stage.calls[0]!.arrive();
    await stage.clock.advance(1);
    expect(list.get(ids[0]!)).toBeUndefined();
    stage.automatic();
    await stage.clock.advance(1_100);
    expect(list.get(ids[0]!)).toEqual(server.state(ids[0]!));
  });

  test("a question that fails in passing is asked again, the others first; NOT_FOUND removes the entry", async () => {
    const { stage, ids, list, server } = await stageWith(2, 2);
    stage.automatic(false);
    for (const id of ids) server.remove(messageAt(stage, id, 1));
    await arrive(stage, 1_100);
    stage.calls[0]!.fail("TIMEOUT");
    await stage.clock.advance(3_000);
    expect(called(stage, "get")).toEqual([{ conversation_id: ids[1] }]);
    stage.calls[0]!.fail("NOT_FOUND");
    await stage.clock.advance(1);
    expect(list.get(ids[1]!)).toBeUndefined();
    stage.calls[0]!.arrive();
    await stage.clock.advance(1);
    expect(list.get(ids[0]!)).toEqual(server.state(ids[0]!));
  });
});

describe("unread messages", () => {
  test("a deletion after the last answer takes one off at once", async () => {
    const { stage, ids, list, server } = await stageWith(1, 2);
    for (let n = 0; n < 3; n += 1) server.send(ids[0]!, other);
    await arrive(stage);
    expect(list.getSnapshot().unreadTotal).toBe(5);
    stage.automatic(false);
    server.remove(messageAt(stage, ids[0]!, 4));
    await arrive(stage, 5_000);
    expect(list.getSnapshot().unreadTotal).toBe(4);
    expect(stage.calls).toHaveLength(0);
  });

  test("a deletion within what the server counted asks, as nobody knows whether it was counted", async () => {
    const { stage, ids, list, server } = await stageWith(1, 5);
    stage.automatic(false);
    server.remove(messageAt(stage, ids[0]!, 2));
    await arrive(stage, 1_100);
    expect(called(stage, "get")).toHaveLength(1);
    stage.automatic();
    await stage.clock.advance(1);
    expect(list.getSnapshot().unreadTotal).toBe(4);
  });

  test("reading to the end, or past what the server counted, needs no question; a part of it does", async () => {
    const { stage, ids, list, server } = await stageWith(1, 5);
    for (let n = 0; n < 5; n += 1) server.send(ids[0]!, other);
    await arrive(stage);
    stage.automatic(false);
    server.read(ids[0]!, 3);
    await arrive(stage, 1_100);
    expect(called(stage, "get")).toHaveLength(1);
    stage.automatic();
    await stage.clock.advance(1);
    expect(list.getSnapshot().unreadTotal).toBe(7);
    stage.automatic(false);
    server.send(ids[0]!, other);
    server.read(ids[0]!, 10);
    await arrive(stage, 1_100);
    expect(stage.calls).toHaveLength(0);
    expect(list.getSnapshot().unreadTotal).toBe(1);
  });

  test("an answer that is older than what came since keeps what came since", async () => {
    const { stage, ids, list, server } = await stageWith(1, 3);
    stage.automatic(false);
    server.remove(messageAt(stage, ids[0]!, 1));
    await arrive(stage, 1_100);
    stage.calls[0]!.answer();
    server.send(ids[0]!, other);
    stage.flush();
    stage.calls[0]!.arrive();
    await stage.clock.advance(1);
    expect(list.get(ids[0]!)).toMatchObject({ unread_count: 3, last_seq: 4, last_message: { seq: 4 } });
  });

  test("no more than 1,000 are counted, and none remembered beyond", async () => {
    const { stage, ids, list, server } = await stageWith(1, 0);
    for (let n = 0; n < mostUnread + 500; n += 1) server.send(ids[0]!, other);
    await arrive(stage);
    expect(list.getSnapshot().unreadTotal).toBe(mostUnread);
    server.remove(messageAt(stage, ids[0]!, 7));
    await arrive(stage, 1_100);
    expect(list.getSnapshot().unreadTotal).toBe(mostUnread);
    server.read(ids[0]!, mostUnread + 400);
    await arrive(stage, 1_100);
    expect(list.getSnapshot().unreadTotal).toBe(100);
  });
});

describe("the total", () => {
  test("counts conversations beyond the list, whose part moves with the pages", async () => {
    const { stage, list } = await stageWith(120, 2);
    expect(list.getSnapshot()).toMatchObject({ unreadTotal: 240, isUnreadTotalExact: true });
    await list.loadMore();
    await stage.clock.advance(1);
    expect(list.getSnapshot()).toMatchObject({ unreadTotal: 240, isUnreadTotalExact: true });
  });

  test("an event beyond the list makes it uncertain, until it is asked again, once a minute at most", async () => {
    const { stage, ids, list, server } = await stageWith(120, 2);
    await stage.clock.advance(60_000);
    server.send(ids[0]!, other);
    stage.automatic(false);
    await arrive(stage);
    expect(list.getSnapshot().isUnreadTotalExact).toBe(false);
    expect(called(stage, "bootstrap")).toHaveLength(1);
    stage.automatic();
    await stage.clock.advance(1_100);
    expect(list.getSnapshot()).toMatchObject({ unreadTotal: 241, isUnreadTotalExact: true });
    server.read(ids[1]!, 2);
    stage.automatic(false);
    await arrive(stage, 50_000);
    expect(called(stage, "bootstrap")).toHaveLength(0);
    await stage.clock.advance(10_000);
    expect(called(stage, "bootstrap")).toHaveLength(1);
    stage.automatic();
    await stage.clock.advance(1);
    expect(list.getSnapshot()).toMatchObject({ unreadTotal: 239, isUnreadTotalExact: true });
  });

  test("a message that comes while it is asked, in a conversation that falls out of the answer, is asked about again", async () => {
    const { stage, ids, list, server } = await stageWith(60, 1);
    await stage.clock.advance(60_000);
    // The last of the fifty falls out of them when two others come in.
    server.send(ids[0]!, other);
    stage.automatic(false);
    await arrive(stage);
    const bootstrap = stage.calls.find(({ path }) => path === "bootstrap")!;
    bootstrap.answer();
    server.send(ids[10]!, other);
    await arrive(stage);
    bootstrap.arrive();
    stage.automatic();
    await stage.clock.advance(2_000);
    expect(list.getSnapshot().isUnreadTotalExact).toBe(false);
    await stage.clock.advance(60_000);
    expect(list.getSnapshot()).toMatchObject({ unreadTotal: 62, isUnreadTotalExact: true });
  });

  test("is certain where nothing is unread beyond the list", async () => {
    const { stage, ids, list, server } = await stageWith(120, 0);
    server.send(ids[0]!, other);
    await arrive(stage, 1_100);
    expect(list.getSnapshot()).toMatchObject({ unreadTotal: 1, isUnreadTotalExact: true });
  });
});

describe("marking as read", () => {
  test("moves the marker at once, and tells the server the highest of a second", async () => {
    const { stage, ids, list, server } = await stageWith(2, 9);
    stage.automatic(false);
    list.markRead(ids[0]!, 5);
    list.markRead(ids[0]!, 9);
    list.markRead(ids[0]!, 7);
    list.markRead(ids[1]!, 9);
    await stage.clock.advance(1);
    expect(list.get(ids[0]!)).toMatchObject({ last_read_seq: 9, unread_count: 0 });
    expect(list.getSnapshot().unreadTotal).toBe(0);
    await stage.clock.advance(1_100);
    expect(called(stage, "markRead")).toEqual([{ conversation_id: ids[0], up_to_seq: 9 }]);
    stage.automatic();
    await stage.clock.advance(1);
    expect(server.state(ids[1]!).last_read_seq).toBe(9);
  });

  test("sends no more than one call a second for a conversation", async () => {
    const { stage, ids, list, server } = await stageWith(1, 50);
    const seen = new Set<number>();
    for (let seq = 1; seq <= 40; seq += 1) {
      list.markRead(ids[0]!, seq);
      await stage.clock.advance(100);
      seen.add(server.state(ids[0]!).last_read_seq);
    }
    await stage.clock.advance(1_100);
    expect(server.state(ids[0]!).last_read_seq).toBe(40);
    expect(seen.size).toBeLessThanOrEqual(5);
  });

  test("of a part that was read, the rest is asked for when the server knows", async () => {
    const { stage, ids, list } = await stageWith(1, 9);
    list.markRead(ids[0]!, 4);
    stage.automatic(false);
    await stage.clock.advance(1_100);
    expect(called(stage, "get")).toEqual([]);
    stage.automatic();
    await stage.clock.advance(1_100);
    expect(list.get(ids[0]!)).toMatchObject({ last_read_seq: 4, unread_count: 5 });
  });

  test("is repeated after a passing failure, with the highest by then, while there is a connection", async () => {
    const { stage, ids, list, server } = await stageWith(1, 9);
    stage.automatic(false);
    list.markRead(ids[0]!, 3);
    await stage.clock.advance(1_100);
    stage.lose();
    stage.calls[0]!.fail();
    list.markRead(ids[0]!, 6);
    await stage.clock.advance(60_000);
    expect(stage.calls).toHaveLength(0);
    stage.automatic();
    stage.connect();
    await stage.clock.advance(1_100);
    expect(server.state(ids[0]!).last_read_seq).toBe(6);
  });

  test("stays marked through a reset until the server knows", async () => {
    const { stage, ids, list, server } = await stageWith(1, 9);
    stage.automatic(false);
    list.markRead(ids[0]!, 9);
    await stage.reset();
    await stage.clock.advance(1);
    expect(list.get(ids[0]!)).toMatchObject({ last_read_seq: 9, unread_count: 0 });
    stage.automatic();
    await stage.clock.advance(1_100);
    expect(server.state(ids[0]!).last_read_seq).toBe(9);
  });

  test("goes no further than there are messages, and never back", async () => {
    const { stage, ids, list } = await stageWith(1, 9);
    stage.automatic(false);
    list.markRead(ids[0]!, 1_000);
    list.markRead(ids[0]!, 2);
    await stage.clock.advance(1_100);
    expect(called(stage, "markRead")).toEqual([{ conversation_id: ids[0], up_to_seq: 9 }]);
    expect(list.get(ids[0]!)!.last_read_seq).toBe(9);
  });

  test("of a conversation's store it is the last message shown", async () => {
    const { stage, ids, server } = await stageWith(1, 9);
    const store = stage.stores.conversation(ids[0]!);
    store.subscribe(() => undefined);
    await stage.clock.advance(1);
    store.markRead();
    await stage.clock.advance(1_100);
    expect(server.state(ids[0]!).last_read_seq).toBe(9);
  });

  test("that is refused for good gives way to what the server says", async () => {
    const { stage, ids, list, server } = await stageWith(1, 9);
    stage.automatic(false);
    list.markRead(ids[0]!, 9);
    await stage.clock.advance(1_100);
    stage.calls[0]!.fail("FORBIDDEN");
    stage.automatic();
    await stage.clock.advance(1_100);
    expect(list.get(ids[0]!)).toEqual(server.state(ids[0]!));
  });
});

test("a reset replaces everything, and answers from before it are dropped", async () => {
  const { stage, ids, list, server } = await stageWith(60, 1);
  stage.automatic(false);
  const loading = list.loadMore();
  await stage.clock.advance(1);
  stage.calls[0]!.answer();
  for (const id of ids.slice(0, 5)) server.leave(id, me);
  server.send(ids[20]!, other);
  await stage.reset("epoch_changed");
  stage.calls[0]!.arrive();
  await loading;
  await stage.clock.advance(1);
  const { conversations, unreadTotal } = list.getSnapshot();
  expect(conversations).toEqual(server.list().slice(0, 50));
  expect(unreadTotal).toBe(56);
});

test("a page of before a reset does not hold up those that are asked for after it", async () => {
  const { stage, list, server } = await stageWith(120, 1);
  stage.automatic(false);
  const before = list.loadMore();
  await stage.clock.advance(1);
  const [lost] = stage.calls;
  await stage.reset("too_old");
  await stage.clock.advance(1);
  expect(list.getSnapshot()).toMatchObject({ hasMore: true, isLoadingMore: false });
  const after = list.loadMore();
  expect(stage.calls).toHaveLength(2);
  lost?.arrive();
  await before;
  await stage.clock.advance(1);
  expect(list.getSnapshot()).toMatchObject({ isLoadingMore: true });
  stage.automatic();
  await after;
  await stage.clock.advance(1);
  expect(list.getSnapshot()).toMatchObject({ isLoadingMore: false });
  expect(list.getSnapshot().conversations).toEqual(server.list().slice(0, 100));
});

test("of markers that wait only what is under way is told after clearing", async () => {
  const { stage, ids, list } = await stageWith(3, 5);
  stage.automatic(false);
  for (const id of ids) list.markRead(id, 5);
  await stage.clock.advance(1_100);
  expect(called(stage, "markRead")).toEqual([{ conversation_id: ids[0], up_to_seq: 5 }]);
  stage.stores.clear();
  await stage.reset("other_user");
  stage.automatic();
  stage.automatic(false);
  await stage.clock.advance(60_000);
  expect(stage.answered("markRead")).toBe(1);
  expect(called(stage, "markRead")).toEqual([]);
});

test("a refusal of what was asked before a reset removes nothing of what came with it", async () => {
  const { stage, ids, list, server } = await stageWith(1, 5);
  const [id] = ids as [number];
  stage.automatic(false);
  list.markRead(id, 5);
  await stage.clock.advance(1_100);
  const [call] = stage.calls;
  stage.stores.clear();
  await stage.reset("other_user");
  call?.fail("NOT_FOUND");
  await stage.clock.advance(0);
  expect(list.get(id)).toEqual(server.state(id));
});

test("clearing forgets all there is", async () => {
  const { stage, ids, list } = await stageWith(3, 1);
  const store = stage.stores.conversation(ids[0]!);
  store.subscribe(() => undefined);
  await stage.clock.advance(1);
  stage.stores.clear();
  await stage.clock.advance(1);
  expect(list.getSnapshot()).toMatchObject({ status: "loading", conversations: [], unreadTotal: 0 });
  expect(store.getSnapshot()).toMatchObject({ status: "loading", items: [] });
});

test("closing ends all timers and questions", async () => {
  const { stage, ids, list, server } = await stageWith(1, 5);
  list.markRead(ids[0]!, 2);
  server.remove(messageAt(stage, ids[0]!, 4));
  await arrive(stage);
  const onListener = vi.fn();
  list.subscribe(onListener);
  stage.stores.close();
  stage.automatic(false);
  await stage.clock.advance(600_000);
  expect(stage.calls).toHaveLength(0);
  server.send(ids[0]!, other);
  await arrive(stage);
  expect(onListener).not.toHaveBeenCalled();
});
