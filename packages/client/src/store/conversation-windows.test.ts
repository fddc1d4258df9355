import { expect, test } from "vitest";
import { me } from "./model-server.testing.ts";
import { createStage } from "./store-stage.testing.ts";

const minute = 60_000;

async function stageWith(groups: number) {
  const stage = createStage();
  const ids = Array.from({ length: groups }, () => stage.server.create("group", [2, me]));
  for (const id of ids) stage.server.send(id, 2);
  stage.automatic();
  await stage.reset("no_cursor");
  const look = async (id: number) => {
    const store = stage.stores.conversation(id);
    const stop = store.subscribe(() => undefined);
    await stage.clock.advance(1);
    return { store, stop };
  };
  /** How often the history of a conversation was asked for since. */
  const counted = async (during: () => Promise<unknown>) => {
    const before = stage.answered("history");
    await during();
    return stage.answered("history") - before;
  };
  return { ...stage, stage, ids, look, counted };
}

test("a conversation is one store as long as somebody listens, and for 5 minutes after, kept up to date", async () => {
  const { stage, ids, look, counted, clock } = await stageWith(1);
  const { store, stop } = await look(ids[0]!);
  expect(stage.stores.conversation(ids[0]!)).toBe(store);
  stop();
  await clock.advance(4.9 * minute);
  stage.server.send(ids[0]!, 2);
  stage.flush();
  await clock.advance(1);
  expect(stage.stores.conversation(ids[0]!)).toBe(store);
  expect(await counted(() => look(ids[0]!))).toBe(0);
  expect(store.getSnapshot().items).toHaveLength(2);
});

test("after 5 minutes without a listener what it held is forgotten; it loads again when somebody listens", async () => {
  const { stage, ids, look, counted, clock } = await stageWith(1);
  const { store, stop } = await look(ids[0]!);
  stop();
  await clock.advance(5 * minute + 10);
  expect(store.getSnapshot()).toMatchObject({ status: "loading", items: [] });
  stage.server.send(ids[0]!, 2);
  stage.flush();
  expect(await counted(() => look(ids[0]!))).toBe(1);
  // Whoever kept the store may go on with it too.
  store.subscribe(() => undefined);
  await clock.advance(1);
  expect(store.getSnapshot().items).toHaveLength(2);
  stage.server.send(ids[0]!, 2);
  stage.flush();
  await clock.advance(1);
  expect(store.getSnapshot().items).toHaveLength(3);
  expect(stage.stores.conversation(ids[0]!).getSnapshot().items).toHaveLength(3);
});

test("at most 10 are kept without a listener: the one that was left longest ago goes first", async () => {
  const { ids, look, counted } = await stageWith(12);
  const watched = await look(ids[0]!);
  const left = [];
  for (const id of ids.slice(1)) left.push(await look(id));
  for (const { stop } of left) stop();
  expect(left.map(({ store }) => store.getSnapshot().status)).toEqual(Array(11).fill("ready"));
  await watched.store.open();
  expect(await counted(() => look(ids[1]!))).toBe(1);
  expect(await counted(() => look(ids[2]!))).toBe(0);
  expect(watched.store.getSnapshot().status).toBe("ready");
});

test("a reset forgets all that nobody listens to", async () => {
  const { stage, ids, look, counted, clock } = await stageWith(2);
  const { stop } = await look(ids[0]!);
  await look(ids[1]!);
  stop();
  expect(await counted(() => stage.reset())).toBe(1);
  await clock.advance(1);
  expect(await counted(() => look(ids[0]!))).toBe(1);
});

test("opening a conversation that the list does not know asks about it", async () => {
  const { stage, ids, look, clock } = await stageWith(60);
  expect(stage.stores.list.get(ids[0]!)).toBeUndefined();
  await look(ids[0]!);
  await clock.advance(1_100);
  expect(stage.stores.list.get(ids[0]!)).toMatchObject({ id: ids[0] });
});
