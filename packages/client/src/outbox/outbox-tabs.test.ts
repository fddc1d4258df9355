import { expect, test } from "vitest";
import { createWorld, type Tab, type World } from "./outbox.testing.ts";
import { memoryOutboxStorage } from "./memory-outbox-storage.ts";
import type { OutboxInput } from "./outbox.ts";

const to = (conversation: number, content: string): OutboxInput => ({
  conversation_id: conversation,
  content,
});
const texts = ({ server }: World) => server.stored.map(({ content }) => content);
const stored = async ({ storage }: World) =>
  await storage.load({ server: "https://chat.example", userId: 1 });
const settledOf = async (promise: Promise<unknown>) =>
  await Promise.race([promise, Promise.resolve("pending")]).catch((error: { code: string }) => error.code);

async function twoTabs(world: World): Promise<[Tab, Tab]> {
  const first = world.openTab();
  await world.clock.advance(10);
  const second = world.openTab();
  await world.clock.advance(10);
  return [first, second];
}

test("one tab sends for all, and every tab shows the states", async () => {
  const world = createWorld();
  const [first, second] = await twoTabs(world);
  const { sent } = second.outbox.send(to(1, "from the second"));
  await world.clock.advance(2);
  first.outbox.send(to(1, "from the first"));
  await world.clock.advance(10);
  expect(world.server.calls).toHaveLength(1);
  const states = { "from the second": "sending", "from the first": "queued" };
  expect([first.states(), second.states()]).toEqual([states, states]);
  await world.clock.advance(1_000);
  expect(await sent).toMatchObject({ content: "from the second" });
  expect(texts(world)).toEqual(["from the second", "from the first"]);
  expect([first.outbox.getSnapshot(), second.outbox.getSnapshot(), await stored(world)]).toEqual([
    [],
    [],
    [],
  ]);
  expect(world.server.calls).toHaveLength(2);
});

test("a tab that opens shows what is on its way", async () => {
  const world = createWorld();
  const first = world.openTab({ isLinked: false });
  first.outbox.send(to(1, "a"));
  await world.clock.advance(10);
  const second = world.openTab({ isLinked: false });
  await world.clock.advance(10);
  expect(second.states()).toEqual({ a: "queued" });
});

test("what a tab stored and could not tell of any more is sent when another tab opens", async () => {
  const world = createWorld();
  const first = world.openTab();
  const written = world.openTab({ isLinked: false });
  written.outbox.send(to(1, "a"));
  await world.clock.advance(2);
  const [item] = await stored(world);
  written.crash();
  await world.clock.advance(100);
  expect(texts(world)).toEqual(["a"]);
  const id = "00000000-0000-7000-8000-000000000000";
  await world.storage.put({ server: "https://chat.example", userId: 1 }, { ...item!, clientMessageId: id });
  await world.clock.advance(60_000);
  expect(first.states()).toEqual({});
  world.openTab();
  await world.clock.advance(100);
  expect(world.server.stored.map((message) => message.client_message_id)).toContain(id);
});

test("why a message failed is told to the tab that waits for it, and any tab may send it again", async () => {
  const world = createWorld();
  const [first, second] = await twoTabs(world);
  world.server.fates.push({ code: "FORBIDDEN" });
  const { sent, clientMessageId } = second.outbox.send(to(1, "a"));
  await world.clock.advance(100);
  expect(await settledOf(sent)).toBe("FORBIDDEN");
  expect([first.states(), second.states()]).toEqual([{ a: "failed" }, { a: "failed" }]);
  const again = second.outbox.retry(clientMessageId);
  await world.clock.advance(100);
  expect(await again.sent).toMatchObject({ content: "a" });
  expect(world.server.calls).toHaveLength(2);
});

test("a failed message that one tab discards is gone from all", async () => {
  const world = createWorld();
  const [first, second] = await twoTabs(world);
  world.server.fates.push({ code: "FORBIDDEN" });
  const { clientMessageId } = second.outbox.send(to(1, "a"));
  await world.clock.advance(100);
  await Promise.all([second.outbox.discard(clientMessageId), world.clock.advance(10)]);
  expect([first.states(), second.states(), await stored(world)]).toEqual([{}, {}, []]);
});

test("when the sending tab crashes in the middle of a call, another repeats it and goes on", async () => {
  const world = createWorld();
  const [first, second] = await twoTabs(world);
  world.server.fates.push("hang");
  first.outbox.send(to(1, "a"));
  await world.clock.advance(2);
  const { sent } = second.outbox.send(to(1, "b"));
  await world.clock.advance(100);
  first.crash();
  await world.clock.advance(1_000);
  expect(texts(world)).toEqual(["a", "b"]);
  expect(world.server.calls[1]?.input).toEqual(world.server.calls[0]?.input);
  expect(await sent).toMatchObject({ content: "b" });
  expect(second.outbox.getSnapshot()).toEqual([]);
});

test("a tab that goes offline hands over to one that is not, and takes nothing back while that one sends", async () => {
  const world = createWorld();
  const [first, second] = await twoTabs(world);
  world.server.fates.push("hang");
  const { sent } = first.outbox.send(to(1, "a"));
  await world.clock.advance(50);
  first.link(false);
  await world.clock.advance(1_000);
  expect(await sent).toMatchObject({ content: "a" });
  expect(world.server.calls).toHaveLength(2);

  first.link(true);
  world.server.fates.push("hang");
  first.outbox.send(to(1, "b"));
  await world.clock.advance(50);
  expect(second.states()).toEqual({ b: "sending" });
  expect(world.server.calls).toHaveLength(3);
});

test("a message is cancelled from any tab: the one that sends decides", async () => {
  const world = createWorld();
  const [, second] = await twoTabs(world);
  world.server.fates.push("hang");
  const under = second.outbox.send(to(1, "under way"));
  const queued = second.outbox.send(to(1, "queued"));
  await world.clock.advance(50);
  const [late, gone] = await Promise.all([
    second.outbox.cancel(under.clientMessageId),
    second.outbox.cancel(queued.clientMessageId),
    world.clock.advance(50),
  ]);
  expect([late, gone]).toEqual(["too_late", "cancelled"]);
  expect(await settledOf(queued.sent)).toBe("ABORTED");
  expect(await settledOf(under.sent)).toBe("pending");
  expect((await stored(world)).map(({ input }) => input.content)).toEqual(["under way"]);
});

test("a message whose outcome is unknown is in doubt for every tab", async () => {
  const world = createWorld();
  const [first, second] = await twoTabs(world);
  world.server.fates.push({ code: "TIMEOUT" });
  const { clientMessageId } = first.outbox.send(to(1, "a"));
  await world.clock.advance(50);
  const [result] = await Promise.all([second.outbox.cancel(clientMessageId), world.clock.advance(50)]);
  expect(result).toBe("in_doubt");
  expect(await stored(world)).toEqual([]);
  await world.clock.advance(60_000);
  expect(texts(world)).toEqual([]);
});

test("cancelling is decided when no tab is connected, and when the one that was asked is gone", async () => {
  const world = createWorld();
  const [first, second] = await twoTabs(world);
  first.link(false);
  second.link(false);
  const offline = second.outbox.send(to(1, "offline"));
  await world.clock.advance(10);
  const [result] = await Promise.all([first.outbox.cancel(offline.clientMessageId), world.clock.advance(50)]);
  expect(result).toBe("cancelled");
  expect([first.states(), second.states(), await stored(world)]).toEqual([{}, {}, []]);

  first.link(true);
  await world.clock.advance(50);
  world.server.fates.push({ code: "RATE_LIMITED", retryAfterMs: 100_000 });
  const waiting = second.outbox.send(to(1, "waiting"));
  await world.clock.advance(50);
  first.crash();
  const [later] = await Promise.all([second.outbox.cancel(waiting.clientMessageId), world.clock.advance(50)]);
  expect(later).toBe("in_doubt");
});

test("a message that is still being read or unknown is cancelled, or too late, whoever leads", async () => {
  const world = createWorld();
  const before = world.openTab({ isLinked: false });
  const { clientMessageId } = before.outbox.send(to(1, "a"));
  await world.clock.advance(10);
  before.crash();
  const [first, second] = [world.openTab({ isLinked: false }), world.openTab({ isLinked: false })];
  const [result] = await Promise.all([first.outbox.cancel(clientMessageId), world.clock.advance(50)]);
  expect(result).toBe("cancelled");
  first.link(true);
  const [late] = await Promise.all([second.outbox.cancel(clientMessageId), world.clock.advance(50)]);
  expect(late).toBe("too_late");
  expect([second.states(), await stored(world)]).toEqual([{}, []]);
});

test("a cancellation that comes while the next sender is still reading is decided", async () => {
  const world = createWorld();
  const first = world.openTab();
  await world.clock.advance(10);
  const slowly = () => new Promise<void>((resolve) => world.clock.after(500, resolve));
  let isSlow = false;
  const load: typeof world.storage.load = async (user) => {
    const items = await world.storage.load(user);
    if (isSlow) await slowly();
    return items;
  };
  world.openTab({ storage: { ...world.storage, load } });
  await world.clock.advance(10);
  isSlow = true;
  first.link(false);
  const { clientMessageId } = first.outbox.send(to(1, "a"));
  const [result] = await Promise.all([first.outbox.cancel(clientMessageId), world.clock.advance(1_000)]);
  expect(result).toBe("cancelled");
  expect(texts(world)).toEqual([]);
});

test("a cancelled message does not come back from a write that was under way in another tab", async () => {
  const world = createWorld();
  let tail = Promise.resolve();
  const slowly = (work: () => Promise<void>) =>
    (tail = tail.then(() => new Promise<void>((resolve) => world.clock.after(50, resolve))).then(work));
  const first = world.openTab({
    storage: {
      ...world.storage,
      put: (...args) => slowly(() => world.storage.put(...args)),
      remove: (...args) => slowly(() => world.storage.remove(...args)),
    },
  });
  await world.clock.advance(10);
  const second = world.openTab();
  world.server.fates.push({ code: "TIMEOUT" });
  const { clientMessageId, sent } = first.outbox.send(to(1, "a"));
  await world.clock.advance(52 + 21);
  expect(first.states()).toEqual({ a: "queued" });
  // The refusal is being written by the first tab when the second one is asked to give the message up.
  world.server.fates.push("hang");
  first.link(false);
  second.link(false);
  const [result] = await Promise.all([second.outbox.cancel(clientMessageId), world.clock.advance(500)]);
  expect(result).toBe("in_doubt");
  expect(await settledOf(sent)).toBe("ABORTED");
  expect(await stored(world)).toEqual([]);
});

test("messages that the storage refuses go out from the tab that has them", async () => {
  const world = createWorld();
  const first = world.openTab();
  await world.clock.advance(10);
  const full = () => Promise.reject(new Error("full"));
  const second = world.openTab({ storage: { ...world.storage, put: full } });
  await world.clock.advance(10);
  const { sent } = second.outbox.send(to(1, "a"));
  await world.clock.advance(1_000);
  expect(await sent).toMatchObject({ content: "a" });
  expect(first.outbox.getSnapshot()).toEqual([]);
});

test("a wait that the server asked of one tab holds for the next", async () => {
  const world = createWorld();
  const [first] = await twoTabs(world);
  world.server.fates.push({ code: "RATE_LIMITED", retryAfterMs: 60_000 });
  first.outbox.send(to(1, "a"));
  await world.clock.advance(1_000);
  first.crash();
  await world.clock.advance(58_000);
  expect(world.server.calls).toHaveLength(1);
  await world.clock.advance(5_000);
  expect(texts(world)).toEqual(["a"]);
});

test("without locks between tabs each sends its own, and takes over what a tab that is gone left for 30 seconds", async () => {
  const world = createWorld({ areShared: false });
  const [first, second] = await twoTabs(world);
  first.outbox.send(to(1, "first"));
  await world.clock.advance(2);
  second.outbox.send(to(1, "second"));
  await world.clock.advance(100);
  expect(texts(world)).toEqual(["first", "second"]);
  expect(world.server.calls).toHaveLength(2);

  world.server.fates.push("hang");
  first.outbox.send(to(1, "left behind"));
  await world.clock.advance(50);
  first.crash();
  await world.clock.advance(29_000);
  expect(world.server.calls).toHaveLength(3);
  await world.clock.advance(2_000);
  expect(texts(world)).toEqual(["first", "second", "left behind"]);
  expect(await stored(world)).toEqual([]);
});

test("without locks between tabs a reload sends what it finds after 30 seconds, but at once from a storage of its own", async () => {
  for (const isShared of [true, false]) {
    const world = createWorld({ areShared: false, isShared });
    const before = world.openTab({ isLinked: false });
    before.outbox.send(to(1, "a"));
    await world.clock.advance(10);
    before.crash();
    world.openTab();
    await world.clock.advance(1_000);
    expect(texts(world)).toEqual(isShared ? [] : ["a"]);
    await world.clock.advance(30_000);
    expect(texts(world)).toEqual(["a"]);
  }
});

test("where locks are forbidden messages go out all the same", async () => {
  const world = createWorld({ areLocksForbidden: true });
  const tab = world.openTab();
  const { sent } = tab.outbox.send(to(1, "a"));
  await world.clock.advance(100);
  expect(await sent).toMatchObject({ content: "a" });
  expect(tab.reports).toEqual([new Error("forbidden")]);
});

test("tabs whose storage is their own send each for itself, and hear nothing of each other", async () => {
  const world = createWorld();
  const tabs = [0, 1].map(() => world.openTab({ storage: memoryOutboxStorage() }));
  const sendings = tabs.map((tab, n) => tab.outbox.send(to(1, `of tab ${n}`)));
  expect(tabs.map((tab) => tab.states())).toEqual([{ "of tab 0": "queued" }, { "of tab 1": "queued" }]);
  await world.clock.advance(100);
  for (const { sent } of sendings) expect(await sent).toMatchObject({ conversation_id: 1 });
  expect(world.server.calls).toHaveLength(2);
});

test("a message that the storage refuses goes out behind those before it that another tab sends", async () => {
  const world = createWorld();
  const first = world.openTab();
  await world.clock.advance(10);
  let isFull = false;
  const put: typeof world.storage.put = async (...args) => {
    if (isFull) throw new Error("full");
    await world.storage.put(...args);
  };
  const second = world.openTab({ storage: { ...world.storage, put } });
  world.server.fates.push({ code: "TIMEOUT" });
  second.outbox.send(to(1, "stored"));
  await world.clock.advance(10);
  isFull = true;
  second.outbox.send(to(1, "in memory"));
  await world.clock.advance(5_000);
  expect(texts(world)).toEqual(["stored", "in memory"]);
  expect(first.outbox.getSnapshot()).toEqual([]);
});
