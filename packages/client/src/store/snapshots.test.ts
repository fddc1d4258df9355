import { describe, expect, test, vi } from "vitest";
import { me } from "./model-server.testing.ts";
import { createStage } from "./store-stage.testing.ts";

const other = 2;

async function stageWithTwo() {
  const stage = createStage();
  const ids = [0, 1].map(() => stage.server.create("group", [other, me]));
  for (const id of ids) for (let n = 0; n < 3; n += 1) stage.server.send(id, other);
  stage.automatic();
  await stage.reset("no_cursor");
  const [one, two] = ids.map((id) => stage.stores.conversation(id));
  const listeners = { one: vi.fn(), two: vi.fn(), list: vi.fn() };
  one!.subscribe(listeners.one);
  two!.subscribe(listeners.two);
  stage.stores.list.subscribe(listeners.list);
  await stage.clock.advance(1);
  for (const listener of Object.values(listeners)) listener.mockClear();
  return { stage, ids, one: one!, two: two!, list: stage.stores.list, listeners };
}

describe("one message changes", () => {
  test("one conversation's list and its own entry, and tells each listener of these once", async () => {
    const { stage, ids, one, two, list, listeners } = await stageWithTwo();
    const before = { one: one.getSnapshot(), two: two.getSnapshot(), list: list.getSnapshot() };
    stage.server.send(ids[0]!, other);
    stage.flush();
    await stage.clock.advance(1);

    expect(one.getSnapshot().items.slice(0, 3)).toEqual(before.one.items);
    one
      .getSnapshot()
      .items.slice(0, 3)
      .forEach((item, n) => expect(item).toBe(before.one.items[n]));
    expect(two.getSnapshot()).toBe(before.two);
    const entry = (id: number, { conversations }: typeof before.list) =>
      conversations.find((one) => one.id === id);
    expect(entry(ids[1]!, list.getSnapshot())).toBe(entry(ids[1]!, before.list));
    expect(entry(ids[0]!, list.getSnapshot())).not.toBe(entry(ids[0]!, before.list));
    expect(listeners.one).toHaveBeenCalledTimes(1);
    expect(listeners.two).not.toHaveBeenCalled();
    expect(listeners.list).toHaveBeenCalledTimes(1);
  });

  test("nothing that was handed out before", async () => {
    const { stage, ids, one, list } = await stageWithTwo();
    const before = [one.getSnapshot(), list.getSnapshot()] as const;
    const copy = structuredClone(before);
    stage.server.send(ids[0]!, other);
    stage.server.edit(stage.server.readable(ids[0]!)[0]!);
    stage.server.remove(stage.server.readable(ids[0]!)[1]!);
    stage.server.rename(ids[0]!);
    stage.server.join(ids[0]!, 5);
    stage.flush();
    await stage.clock.advance(1_100);
    expect(before).toEqual(copy);
  });
});

test("an edit makes a new item of that message alone", async () => {
  const { stage, ids, one } = await stageWithTwo();
  const before = one.getSnapshot().items;
  stage.server.edit(stage.server.readable(ids[0]!)[1]!);
  stage.flush();
  await stage.clock.advance(1);
  const after = one.getSnapshot().items;
  expect(after.map((item, n) => item === before[n])).toEqual([true, false, true]);
  expect(after[1]!.key).toBe(before[1]!.key);
});

test("what changes nothing makes no new snapshot: a repeated event, the same page again, another's outbox item", async () => {
  const { stage, ids, one, list, listeners } = await stageWithTwo();
  const before = [one.getSnapshot(), list.getSnapshot()];
  const [message] = stage.server.readable(ids[0]!);
  stage.tell({ type: "message.created", message: { ...message! } });
  stage.tell({ type: "message.updated", message: { ...message! } });
  stage.stores.conversation(ids[1]!).send("elsewhere");
  await stage.clock.advance(1);
  expect([one.getSnapshot(), list.getSnapshot()]).toEqual(before);
  expect(one.getSnapshot()).toBe(before[0]);
  expect(listeners.one).not.toHaveBeenCalled();
  await stage.reset();
  await stage.clock.advance(1);
  expect(one.getSnapshot().items).toBe((before[0] as ReturnType<typeof one.getSnapshot>).items);
});

test("loading a page leaves the array of items alone until there is another", async () => {
  const stage = createStage();
  const id = stage.server.create("group", [other, me]);
  for (let n = 0; n < 60; n += 1) stage.server.send(id, other);
  stage.automatic();
  const store = stage.stores.conversation(id);
  store.subscribe(() => undefined);
  await stage.clock.advance(1);
  const { items } = store.getSnapshot();
  stage.automatic(false);
  void store.loadOlder();
  await stage.clock.advance(1);
  expect(store.getSnapshot().isLoadingOlder).toBe(true);
  expect(store.getSnapshot().items).toBe(items);
});

test("a snapshot is replaced once a turn at most, however much happens in it", async () => {
  const { stage, ids, one, listeners } = await stageWithTwo();
  const before = one.getSnapshot();
  for (let n = 0; n < 100; n += 1) stage.server.send(ids[0]!, other);
  const seen = new Set([one.getSnapshot()]);
  while (stage.hand() || stage.deliver()) {
    // Between two events the queue of microtasks may be worked off, as when handlers are awaited.
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    seen.add(one.getSnapshot());
  }
  expect(seen.size).toBeLessThanOrEqual(2);
  expect(one.getSnapshot()).not.toBe(before);
  await stage.clock.advance(1);
  expect(one.getSnapshot().items).toHaveLength(103);
  expect(listeners.one.mock.calls.length).toBeLessThanOrEqual(2);
});

test("a listener that fails is reported and does not keep the others from hearing", async () => {
  const { stage, ids, one, listeners } = await stageWithTwo();
  one.subscribe(() => {
    throw new Error("of the app");
  });
  const last = vi.fn();
  one.subscribe(last);
  stage.server.send(ids[0]!, other);
  stage.flush();
  await stage.clock.advance(1);
  expect(listeners.one).toHaveBeenCalledTimes(1);
  expect(last).toHaveBeenCalledTimes(1);
  expect(stage.reports).toMatchObject([{ where: "listener", cause: { message: "of the app" } }]);
});

test("whoever stops is not told again, and one function may listen twice", async () => {
  const { stage, ids, one } = await stageWithTwo();
  const listener = vi.fn();
  const stops = [one.subscribe(listener), one.subscribe(listener)];
  stops[0]!();
  stops[0]!();
  stage.server.send(ids[0]!, other);
  stage.flush();
  await stage.clock.advance(1);
  expect(listener).toHaveBeenCalledTimes(1);
});
