import { describe, expect, test, vi } from "vitest";
import type { Message } from "../types.ts";
import type { ConversationSnapshot, ConversationStore } from "./conversation-store.ts";
import { me } from "./model-server.testing.ts";
import { createStage, type Stage } from "./store-stage.testing.ts";

const other = 2;

/** A stage with a group in which `count` messages were written, and its store, not yet open. */
async function stageWith(count: number, options?: Parameters<typeof createStage>[0]) {
  const stage = createStage(options);
  const id = stage.server.create("group", [other, me]);
  for (let n = 0; n < count; n += 1) stage.server.send(id, other);
  stage.automatic();
  await stage.reset("no_cursor");
  return { stage, id, store: stage.stores.conversation(id) };
}

/** The same, open, with everything loaded. */
async function openWith(count: number, options?: Parameters<typeof createStage>[0]) {
  const opened = await stageWith(count, options);
  const listener = vi.fn();
  const stop = opened.store.subscribe(listener);
  await opened.stage.clock.advance(1);
  listener.mockClear();
  return { ...opened, listener, stop };
}

async function arrive(stage: Stage): Promise<void> {
  stage.flush();
  await stage.clock.advance(1);
}

const sent = ({ items }: ConversationSnapshot): Message[] =>
  items.flatMap((item) => (item.state === "sent" ? [item.message] : []));
const seqs = (store: ConversationStore) => sent(store.getSnapshot()).map(({ seq }) => seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
const calledFor = (stage: Stage, path: string) =>
  stage.calls.filter((call) => call.path === path).map(({ input }) => input);
const messageAt = (stage: Stage, id: number, seq: number) =>
  stage.server.readable(id).find((message) => message.seq === seq)!;

describe("opening", () => {
  test("loads the newest 50 when the first listener comes, and not before", async () => {
    const { stage, store } = await stageWith(120);
    stage.automatic(false);
    expect(store.getSnapshot()).toMatchObject({ status: "loading", items: [] });
    expect(stage.calls).toHaveLength(0);
    store.subscribe(() => undefined);
    store.subscribe(() => undefined);
    await stage.clock.advance(1);
    expect(calledFor(stage, "history")).toEqual([expect.objectContaining({ limit: 50 })]);
    stage.automatic();
    await stage.clock.advance(1);
    expect(store.getSnapshot()).toMatchObject({ status: "ready", hasOlder: true, hasNewer: false });
    expect(seqs(store)).toEqual(range(71, 120));
    expect(stage.wanted()).toBeGreaterThan(0);
  });

  test("loads around the marker when the app asks", async () => {
    const { stage, id, store } = await stageWith(200);
    stage.server.read(id, 100);
    await arrive(stage);
    await store.open("marker");
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual(range(76, 125));
    expect(store.getSnapshot()).toMatchObject({ hasOlder: true, hasNewer: true });
  });

  test("still loads around the marker, or where a jump leads, when a reset comes before the answer", async () => {
    const { stage, id, store } = await stageWith(200);
    stage.server.read(id, 60);
    stage.automatic(false);
    void store.open("marker");
    store.subscribe(() => undefined);
    await stage.clock.advance(1);
    void stage.reset("no_cursor");
    stage.automatic();
    await stage.clock.advance(1);
    expect(seqs(store)).toContain(61);
    expect(seqs(store)).not.toContain(200);

    stage.automatic(false);
    void store.jump(150);
    await stage.clock.advance(1);
    void stage.reset("too_old");
    stage.automatic();
    await stage.clock.advance(1);
    expect(seqs(store)).toContain(150);
  });

  test("loads the newest when everything is read, marker or not", async () => {
    const { stage, id, store } = await stageWith(80);
    stage.server.read(id, 80);
    await arrive(stage);
    await store.open("marker");
    await stage.clock.advance(1);
    expect(store.getSnapshot()).toMatchObject({ hasNewer: false });
    expect(seqs(store)).toEqual(range(31, 80));
  });

  test("what fails in passing is tried again, and tells why meanwhile", async () => {
    const { stage, store } = await stageWith(3);
    stage.automatic(false);
    store.subscribe(() => undefined);
    await stage.clock.advance(1);
    stage.calls[0]!.fail("OVERLOADED");
    await stage.clock.advance(1);
    expect(store.getSnapshot()).toMatchObject({ status: "loading", error: { code: "OVERLOADED" } });
    stage.automatic();
    await stage.clock.advance(2_000);
    expect(store.getSnapshot()).toMatchObject({ status: "ready", error: null });
    expect(seqs(store)).toEqual([1, 2, 3]);
  });

  test("is tried again when there is a connection, and not before", async () => {
    const { stage, store } = await stageWith(3);
    stage.automatic(false);
    store.subscribe(() => undefined);
    await stage.clock.advance(1);
    stage.lose();
    stage.calls[0]!.fail();
    await stage.clock.advance(120_000);
    expect(stage.calls).toHaveLength(0);
    stage.connect();
    await stage.clock.advance(1);
    expect(calledFor(stage, "history")).toHaveLength(1);
  });

  test("a conversation that is not there is gone", async () => {
    const { stage } = await stageWith(0);
    const store = stage.stores.conversation(999);
    store.subscribe(() => undefined);
    await stage.clock.advance(1);
    expect(store.getSnapshot()).toMatchObject({ status: "gone", error: { code: "NOT_FOUND" }, items: [] });
  });
});

describe("loading on", () => {
  test("loads 50 before, until the beginning; then nothing", async () => {
    const { stage, store } = await openWith(120);
    await store.loadOlder();
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual(range(21, 120));
    await store.loadOlder();
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual(range(1, 120));
    expect(store.getSnapshot().hasOlder).toBe(false);
    stage.automatic(false);
    await store.loadOlder();
    await store.loadNewer();
    expect(stage.calls).toHaveLength(0);
  });

  test("makes one call at a time in each direction", async () => {
    const { stage, id, store } = await openWith(400);
    await store.jump(200);
    stage.automatic(false);
    const both = [store.loadOlder(), store.loadOlder(), store.loadNewer(), store.loadNewer()];
    await stage.clock.advance(1);
    expect(calledFor(stage, "history")).toEqual([
      { conversation_id: id, limit: 50, before: 175 },
      { conversation_id: id, limit: 50, after: 224 },
    ]);
    expect(store.getSnapshot()).toMatchObject({ isLoadingOlder: true, isLoadingNewer: true });
    stage.automatic();
    await Promise.all(both);
    await stage.clock.advance(1);
    expect(store.getSnapshot()).toMatchObject({ isLoadingOlder: false, isLoadingNewer: false });
    expect(seqs(store)).toEqual(range(125, 274));
  });

  test("a failure is the caller's, and the next call tries anew", async () => {
    const { stage, store } = await openWith(80);
    stage.automatic(false);
    const failed = store.loadOlder();
    stage.calls[0]!.fail("RATE_LIMITED");
    await expect(failed).rejects.toMatchObject({ code: "RATE_LIMITED" });
    stage.automatic();
    await store.loadOlder();
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual(range(1, 80));
  });
});

describe("jumping", () => {
  test("inside the window nothing is loaded", async () => {
    const { stage, id, store } = await openWith(60);
    stage.automatic(false);
    await store.jump(30);
    await store.jumpToMessage(messageAt(stage, id, 40).id);
    await store.jumpToEnd();
    expect(stage.calls).toHaveLength(0);
  });

  test("elsewhere the surroundings replace the window, which is detached then", async () => {
    const { store, stage } = await openWith(400);
    await store.jump(100);
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual(range(75, 124));
    expect(store.getSnapshot()).toMatchObject({ hasOlder: true, hasNewer: true });
    await store.jumpToEnd();
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual(range(351, 400));
    expect(store.getSnapshot().hasNewer).toBe(false);
  });

  test("a message is found by its id, also before anything was loaded", async () => {
    const { stage, id, store } = await stageWith(300);
    await store.jumpToMessage(messageAt(stage, id, 20).id);
    store.subscribe(() => undefined);
    await stage.clock.advance(1);
    expect(seqs(store)).toContain(20);
    expect(store.getSnapshot().hasNewer).toBe(true);
  });

  test("a message of another conversation, or none, is refused, and the window stays", async () => {
    const { stage, store } = await openWith(60);
    const elsewhere = stage.server.create("group", [me]);
    const message = stage.server.send(elsewhere, me);
    const before = store.getSnapshot();
    await expect(store.jumpToMessage(message.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(store.jumpToMessage(10_000)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(store.getSnapshot()).toBe(before);
  });

  test("of two jumps the later one counts, whichever is answered first", async () => {
    const { stage, store } = await openWith(400);
    stage.automatic(false);
    const both = [store.jump(50)];
    await stage.clock.advance(1);
    both.push(store.jump(300));
    await stage.clock.advance(1);
    const [first, second] = stage.calls;
    second!.arrive();
    first!.arrive();
    await Promise.all(both);
    await stage.clock.advance(1);
    expect(seqs(store)).toContain(300);
    expect(seqs(store)).not.toContain(50);
  });

  test("a jump counts also against an earlier one to a message that is looked up until later", async () => {
    const { stage, id, store } = await openWith(400);
    stage.automatic(false);
    const both = [store.jumpToMessage(messageAt(stage, id, 50).id), store.jump(300)];
    await stage.clock.advance(1);
    for (const path of ["history", "message"]) stage.calls.find((call) => call.path === path)?.arrive();
    await Promise.all(both);
    await stage.clock.advance(1);
    expect(stage.calls).toHaveLength(0);
    expect(seqs(store)).toContain(300);
  });

  test("a message is looked up again after a passing failure", async () => {
    const { stage, id, store } = await openWith(400);
    stage.automatic(false);
    const jumping = store.jumpToMessage(messageAt(stage, id, 50).id);
    await stage.clock.advance(1);
    stage.calls[0]?.fail("NETWORK");
    stage.automatic();
    await stage.clock.advance(5_000);
    await jumping;
    await stage.clock.advance(1);
    expect(seqs(store)).toContain(50);
  });

  test("older messages that were asked for before a jump do not join what it shows", async () => {
    const { stage, store } = await openWith(400);
    stage.automatic(false);
    const loading = store.loadOlder();
    const jumping = store.jump(100);
    await stage.clock.advance(1);
    const [older, around] = stage.calls;
    around!.arrive();
    await jumping;
    older!.arrive();
    await loading;
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual(range(75, 124));
    expect(store.getSnapshot().isLoadingOlder).toBe(false);
  });
});

describe("events", () => {
  test("at the live end a new message is taken", async () => {
    const { stage, id, store } = await openWith(2);
    stage.server.send(id, other);
    await arrive(stage);
    expect(seqs(store)).toEqual([1, 2, 3]);
  });

  test("away from the live end they are counted, and come with the newer pages", async () => {
    const { stage, id, store } = await openWith(200);
    await store.jump(50);
    for (let n = 0; n < 3; n += 1) stage.server.send(id, other);
    await arrive(stage);
    expect(seqs(store)).toEqual(range(25, 74));
    expect(store.getSnapshot().newerCount).toBe(3);
    stage.server.remove(messageAt(stage, id, 202));
    await arrive(stage);
    expect(store.getSnapshot().newerCount).toBe(2);
    while (store.getSnapshot().hasNewer) {
      await store.loadNewer();
      await stage.clock.advance(1);
    }
    expect(seqs(store)).toEqual([...range(25, 201), 203]);
    expect(store.getSnapshot().newerCount).toBe(0);
  });

  test("a message that comes while the newest are being loaded is there when they are", async () => {
    const { stage, id, store } = await stageWith(10);
    stage.automatic(false);
    store.subscribe(() => undefined);
    await stage.clock.advance(1);
    stage.calls[0]!.answer();
    stage.server.send(id, other);
    stage.flush();
    stage.calls[0]!.arrive();
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual(range(1, 11));
  });

  test("an edit replaces a message that is held, in its place, and says nothing of others", async () => {
    const { stage, id, store, listener } = await openWith(120);
    stage.server.edit(messageAt(stage, id, 100));
    await arrive(stage);
    expect(sent(store.getSnapshot()).find(({ seq }) => seq === 100)!.content).toMatch(/edited$/);
    listener.mockClear();
    stage.server.edit(messageAt(stage, id, 10));
    await arrive(stage);
    expect(listener).not.toHaveBeenCalled();
  });

  test("a deletion removes it, and a late event of its creation does not bring it back", async () => {
    const { stage, id, store } = await openWith(3);
    const message = messageAt(stage, id, 2);
    stage.server.remove(message);
    await arrive(stage);
    expect(seqs(store)).toEqual([1, 3]);
    stage.stores.onSent(message);
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual([1, 3]);
  });

  test("a deletion that arrives while history is loaded holds for the answer", async () => {
    const { stage, id, store } = await openWith(80);
    stage.automatic(false);
    const loading = store.loadOlder();
    stage.calls[0]!.answer();
    stage.server.remove(messageAt(stage, id, 10));
    stage.server.edit(messageAt(stage, id, 11));
    stage.flush();
    stage.calls[0]!.arrive();
    await loading;
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual([...range(1, 9), ...range(11, 80)]);
    expect(sent(store.getSnapshot()).find(({ seq }) => seq === 11)!.content).toMatch(/edited$/);
  });

  test("an answer older than an edit does not undo it, a later edit of the same moment counts", async () => {
    const { stage, id, store } = await openWith(1);
    const old = messageAt(stage, id, 1);
    stage.server.edit(old);
    await arrive(stage);
    const edited = messageAt(stage, id, 1);
    stage.stores.onSent(old);
    await stage.clock.advance(1);
    expect(sent(store.getSnapshot())).toEqual([edited]);
    stage.stores.onSent({ ...edited, content: "of the same moment" });
    await stage.clock.advance(1);
    expect(sent(store.getSnapshot())[0]!.content).toBe("of the same moment");
  });

  test("a reply shows its original as it is, and that it is gone", async () => {
    const { stage, id, store } = await openWith(1);
    const original = messageAt(stage, id, 1);
    stage.server.send(id, other, { reply_to: original.id });
    await arrive(stage);
    const reply = () => store.getSnapshot().items.at(-1);
    expect(reply()).toMatchObject({ original });
    stage.server.edit(original);
    await arrive(stage);
    expect(reply()).toMatchObject({ original: { content: expect.stringMatching(/edited$/) as string } });
    stage.server.remove(original);
    await arrive(stage);
    expect(reply()).toMatchObject({ original: null });
  });

  test("a reply to what is not held says that it does not know", async () => {
    const { stage, id, store } = await openWith(100);
    stage.server.send(id, other, { reply_to: messageAt(stage, id, 1).id });
    await arrive(stage);
    expect(store.getSnapshot().items.at(-1)).toMatchObject({ original: undefined });
  });
});

describe("gaps", () => {
  /** Sends messages of which the first `missing` are lost on the way. */
  async function lose(stage: Stage, id: number, missing: number): Promise<void> {
    for (let n = 0; n <= missing; n += 1) stage.server.send(id, other);
    for (let n = 0; n < missing; n += 1) stage.skip();
    while (stage.hand() || stage.deliver());
    await stage.clock.advance(1);
  }

  test("what comes beyond a gap is shown; the gap is closed and told of at the next heartbeat", async () => {
    const { stage, id, store } = await openWith(3);
    await lose(stage, id, 2);
    expect(seqs(store)).toEqual([1, 2, 3, 6]);
    expect(stage.gaps).toEqual([]);
    await arrive(stage);
    expect(stage.gaps).toEqual([{ conversationId: id, fromSeq: 4, toSeq: 5 }]);
    expect(seqs(store)).toEqual(range(1, 6));
  });

  test("a gap of deleted messages closes without a word", async () => {
    const { stage, id, store } = await openWith(3);
    stage.server.send(id, other);
    const message = messageAt(stage, id, 4);
    stage.server.send(id, other);
    stage.server.remove(message);
    await arrive(stage);
    expect(seqs(store)).toEqual([1, 2, 3, 5]);
    expect(stage.gaps).toEqual([]);
    stage.server.send(id, other);
    await arrive(stage);
    expect(stage.gaps).toEqual([]);
    expect(seqs(store)).toEqual([1, 2, 3, 5, 6]);
  });

  test("a gap larger than a page makes room for the newest page", async () => {
    const { stage, id, store } = await openWith(3);
    await lose(stage, id, 60);
    await arrive(stage);
    expect(stage.gaps).toEqual([{ conversationId: id, fromSeq: 4, toSeq: 63 }]);
    expect(seqs(store)).toEqual(range(15, 64));
    expect(store.getSnapshot()).toMatchObject({ hasOlder: true, hasNewer: false });
  });

  test("one's own message whose answer comes when it was deleted already stays away, beyond a gap too", async () => {
    const { stage, id, store } = await openWith(1);
    store.send("mine");
    stage.server.send(id, other);
    const acknowledge = stage.store(stage.items()[0]!);
    const message = messageAt(stage, id, 3);
    stage.server.remove(message);
    // What comes before it is missing, and of what is written and deleted meanwhile only the deletion is told.
    stage.skip();
    while (stage.hand() || stage.deliver());
    acknowledge();
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual([1]);
  });

  test("one's own message whose answer comes before others' events makes no gap", async () => {
    const { stage, id, store } = await openWith(1);
    store.send("mine");
    stage.server.send(id, other);
    stage.store(stage.items()[0]!)();
    stage.handEarlierHeartbeat();
    stage.deliver();
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual([1, 3]);
    expect(stage.gaps).toEqual([]);
    await arrive(stage);
    expect(seqs(store)).toEqual([1, 2, 3]);
    expect(stage.gaps).toEqual([]);
  });
});

describe("messages on their way", () => {
  test("come last, in their order, and move to their place under the same key", async () => {
    const { stage, id, store } = await openWith(1);
    store.send("first");
    store.send({ content: "second", reply_to: messageAt(stage, id, 1).id });
    await stage.clock.advance(1);
    const keys = store.getSnapshot().items.map(({ key }) => key);
    expect(store.getSnapshot().items.map(({ state }) => state)).toEqual(["sent", "queued", "queued"]);

    const acknowledge = stage.store(stage.items()[0]!);
    stage.server.send(id, other);
    acknowledge();
    await arrive(stage);
    const items = store.getSnapshot().items;
    expect(items.map(({ state }) => state)).toEqual(["sent", "sent", "sent", "queued"]);
    expect([items[0]!.key, items[1]!.key, items[3]!.key]).toEqual(keys);
  });

  test("are in the list in the same turn, and never twice or missing when they are stored", async () => {
    const { stage, store, listener } = await openWith(1);
    store.send("hello");
    await Promise.resolve();
    expect(store.getSnapshot().items).toHaveLength(2);
    listener.mockImplementation(() => expect(store.getSnapshot().items).toHaveLength(2));
    await stage.clock.advance(1);
    stage.store(stage.items()[0]!)();
    await arrive(stage);
    expect(store.getSnapshot().items.map(({ state }) => state)).toEqual(["sent", "sent"]);
    expect(listener).toHaveBeenCalled();
  });

  test("an event that comes before the answer shows the message once", async () => {
    const { stage, store } = await openWith(0);
    const { clientMessageId } = store.send("hello");
    stage.keepItems();
    stage.server.send(store.id, me, { client_message_id: clientMessageId });
    await arrive(stage);
    expect(stage.items()).toHaveLength(1);
    expect(store.getSnapshot().items).toMatchObject([{ state: "sent" }]);
  });

  test("another person's message with the same id is another message", async () => {
    const { stage, id, store } = await openWith(0);
    const { clientMessageId } = store.send("mine");
    stage.server.send(id, other, { client_message_id: clientMessageId });
    await arrive(stage);
    const { items } = store.getSnapshot();
    expect(items.map(({ state }) => state)).toEqual(["sent", "queued"]);
    expect(new Set(items.map(({ key }) => key)).size).toBe(2);
  });

  test("one that names a receiver belongs to their direct conversation, one to everybody to the lobby", async () => {
    const stage = createStage();
    const lobby = stage.server.create("public", []);
    stage.server.create("public", []);
    const direct = stage.server.create("direct", [me, other]);
    const alone = stage.server.create("direct", [me]);
    stage.automatic();
    await stage.reset("no_cursor");
    const stores = [lobby, direct, alone].map(stage.stores.conversation);
    for (const store of stores) store.subscribe(() => undefined);
    stage.send({ receiver_id: null, content: "to everybody" });
    stage.send({ receiver_id: other, content: "to somebody" });
    stage.send({ receiver_id: me, content: "to oneself" });
    stage.send({ receiver_id: 77, content: "to nobody known" });
    await stage.clock.advance(1);
    const contents = stores.map((store) =>
      store.getSnapshot().items.map((item) => (item.state === "sent" ? "" : item.item.input.content)),
    );
    expect(contents).toEqual([["to everybody"], ["to somebody"], ["to oneself"]]);
  });

  test("away from the live end they are not shown", async () => {
    const { stage, store } = await openWith(200);
    await store.jump(20);
    store.send("at the end");
    await stage.clock.advance(1);
    expect(store.getSnapshot().items.every(({ state }) => state === "sent")).toBe(true);
    await store.jumpToEnd();
    await stage.clock.advance(1);
    expect(store.getSnapshot().items.at(-1)).toMatchObject({ state: "queued" });
  });
});

describe("memory", () => {
  test("more than 500 messages drop a page of the old end while new ones come", async () => {
    const { stage, id, store } = await openWith(50);
    for (let n = 0; n < 451; n += 1) stage.server.send(id, other);
    await arrive(stage);
    expect(seqs(store)).toEqual(range(51, 501));
    expect(store.getSnapshot()).toMatchObject({ hasOlder: true, hasNewer: false });
    await store.loadOlder();
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual(range(1, 451));
  });

  test("older pages drop the live end, which is loaded again on demand", async () => {
    const { stage, store } = await openWith(700);
    for (let n = 0; n < 10; n += 1) await store.loadOlder();
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual(range(151, 650));
    expect(store.getSnapshot()).toMatchObject({ hasOlder: true, hasNewer: true });
    await store.loadNewer();
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual(range(201, 700));
    expect(store.getSnapshot()).toMatchObject({ hasOlder: true, hasNewer: false });
  });

  test("what is on the screen is never dropped", async () => {
    const { stage, id, store } = await openWith(600);
    for (let n = 0; n < 9; n += 1) await store.loadOlder();
    store.setScreen([590, 600]);
    await store.loadOlder();
    await stage.clock.advance(1);
    // The far end is on the screen, so that the near one goes, although it has just come.
    expect(seqs(store)).toEqual(range(101, 600));
    store.setScreen([101, 600]);
    for (let n = 0; n < 60; n += 1) stage.server.send(id, other);
    await arrive(stage);
    expect(seqs(store).slice(0, 500)).toEqual(range(101, 600));
  });
});

describe("coming and going", () => {
  test("a group that the user leaves is gone, and back when they are let in again", async () => {
    const { stage, id, store } = await openWith(5);
    stage.server.leave(id, me);
    await arrive(stage);
    expect(store.getSnapshot()).toMatchObject({ status: "gone", items: [] });
    stage.server.send(id, other);
    stage.server.join(id, me);
    stage.server.send(id, other);
    await arrive(stage);
    expect(store.getSnapshot().status).toBe("ready");
    expect(seqs(store)).toEqual([7]);
  });

  test("one that the user is let into while it is being asked for is not taken for gone", async () => {
    const { stage } = await stageWith(0);
    const id = stage.server.create("group", [other]);
    const store = stage.stores.conversation(id);
    stage.automatic(false);
    store.subscribe(() => undefined);
    await stage.clock.advance(1);
    const [history] = stage.calls;
    history!.answer();
    stage.server.join(id, me, "all");
    stage.server.send(id, other);
    stage.flush();
    history!.arrive();
    stage.automatic();
    await stage.clock.advance(1);
    expect(store.getSnapshot().status).toBe("ready");
    expect(seqs(store)).toEqual([1]);
  });

  test("a public conversation stays readable when the user leaves it", async () => {
    const stage = createStage();
    const id = stage.server.create("public", [me]);
    stage.server.send(id, other);
    stage.automatic();
    await stage.reset("no_cursor");
    const store = stage.stores.conversation(id);
    store.subscribe(() => undefined);
    await stage.clock.advance(1);
    stage.server.leave(id, me);
    stage.server.send(id, other);
    await arrive(stage);
    expect(seqs(store)).toEqual([1, 2]);
  });
});

describe("a reset", () => {
  test("loads what is on the screen again, at the end or around what is shown, before it goes on", async () => {
    const { stage, id, store } = await openWith(400);
    const detached = stage.stores.conversation(stage.server.create("group", [other, me]));
    for (let n = 0; n < 400; n += 1) stage.server.send(detached.id, other);
    detached.subscribe(() => undefined);
    await stage.clock.advance(1);
    await detached.jump(100);
    stage.lose();
    for (let n = 0; n < 100; n += 1) stage.server.send(id, other);
    stage.automatic(false);
    const outcome = stage.reset("too_old");
    await stage.clock.advance(1);
    expect(calledFor(stage, "history")).toEqual([
      { conversation_id: id, limit: 50 },
      { conversation_id: detached.id, limit: 50, around: 100 },
    ]);
    const isDone = vi.fn();
    void outcome.then(isDone);
    await stage.clock.advance(1);
    expect(isDone).not.toHaveBeenCalled();
    // What was shown stays until there is something else.
    expect(seqs(store)).toEqual(range(351, 400));
    stage.automatic();
    await outcome;
    await stage.clock.advance(1);
    expect(seqs(store)).toEqual(range(451, 500));
    expect(seqs(detached)).toEqual(range(75, 124));
  });

  test("is not held up by a conversation that cannot be loaded; that is tried again", async () => {
    const { stage, store } = await openWith(5);
    stage.server.send(store.id, other);
    stage.automatic(false);
    const outcome = stage.reset();
    await stage.clock.advance(1);
    stage.calls.find(({ path }) => path === "history")!.fail("INTERNAL_SERVER_ERROR");
    await outcome;
    stage.automatic();
    await stage.clock.advance(2_000);
    expect(seqs(store)).toEqual(range(1, 6));
  });

  test("to an older state of the server leaves no gap behind, nor a count of what is not there", async () => {
    const { stage, id, store } = await openWith(200);
    const detached = stage.stores.conversation(stage.server.create("group", [me]));
    for (let n = 0; n < 200; n += 1) stage.server.send(detached.id, me);
    detached.subscribe(() => undefined);
    await arrive(stage);
    await detached.jump(20);
    const [message] = stage.server.readable(id);
    for (const conversation_id of [id, detached.id]) {
      const lost = { ...message!, id: 10_000 + conversation_id, conversation_id, seq: 201 };
      stage.tell({ type: "message.created", message: lost });
    }
    await stage.clock.advance(1);
    expect(seqs(store).at(-1)).toBe(201);
    expect(detached.getSnapshot().newerCount).toBe(1);
    await stage.reset("epoch_changed");
    await arrive(stage);
    expect(seqs(store).at(-1)).toBe(200);
    expect(detached.getSnapshot().newerCount).toBe(0);
    expect(stage.gaps).toEqual([]);
  });

  test("closes what is not there any more", async () => {
    const { stage, id, store } = await openWith(5);
    stage.lose();
    stage.server.leave(id, me);
    await stage.reset();
    await stage.clock.advance(1);
    expect(store.getSnapshot()).toMatchObject({ status: "gone", items: [] });
  });
});

test("what events said before a reset does not undo what the reset brought", async () => {
  const { stage, id, store } = await openWith(80);
  const message = messageAt(stage, id, 60);
  stage.automatic(false);
  const older = store.loadOlder();
  stage.server.edit(message);
  stage.flush();
  stage.server.edit(message);
  // The second edit is never told of.
  const outcome = stage.reset();
  await stage.clock.advance(1);
  const [late, around] = stage.calls;
  around!.arrive();
  await outcome;
  late!.arrive();
  await older;
  await stage.clock.advance(1);
  expect(sent(store.getSnapshot()).find(({ seq }) => seq === 60)!.content).toMatch(/edited edited$/);
});
