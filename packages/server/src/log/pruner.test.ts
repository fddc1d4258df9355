import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createVirtualClock } from "../testing/index.ts";
import { openTestDatabase } from "../db/open-database.testing.ts";
import type { OpenDatabase } from "../db/open-database.ts";
import { everyone } from "./audience.ts";
import { createPruner, type Pruner } from "./pruner.ts";
import { createGroupCommit, type GroupCommit } from "./group-commit.ts";
import { createLocalWriter } from "./local-writer.ts";

const hourMs = 3_600_000;
const clock = createVirtualClock();
let database: OpenDatabase;
let groupCommit: GroupCommit;
let pruner: Pruner;

beforeEach(async () => {
  database = await openTestDatabase();
  groupCommit = createGroupCommit({ db: database.writeDb, onCommit: () => undefined });
  pruner = createPruner({
    writer: createLocalWriter(groupCommit),
    clock,
    logger: pino({ level: "silent" }),
    retentionMs: 2 * hourMs,
  });
});

afterEach(async () => {
  await pruner.stop();
  await groupCommit.close();
  await database.close();
});

/** Adds events as they were made `ago` milliseconds ago. */
async function addEvents(count: number, ago: number): Promise<void> {
  await groupCommit.run(async (tx) => {
    for (let n = 0; n < count; n += 1) {
      await tx.emit({ type: "user.updated", audience: everyone, subjectId: 1, at: clock.now() - ago });
    }
  });
}

const positions = async () =>
  (await database.readDb.selectFrom("events").select("position").orderBy("position").execute()).map(
    (event) => event.position,
  );
const floor = async () =>
  (await database.readDb.selectFrom("log_head").select("floor").executeTakeFirstOrThrow()).floor;

test("what is older than the retention goes at the start, whatever the number; the floor says up to where", async () => {
  await addEvents(1203, 3 * hourMs);
  await addEvents(2, hourMs);
  pruner.start();
  await expect.poll(positions).toEqual([1204, 1205]);
  expect(await floor()).toBe(1203);
});

test("it looks again every hour", async () => {
  await addEvents(1, hourMs);
  pruner.start();
  await groupCommit.run(async () => undefined);
  expect(await positions()).toEqual([1]);
  clock.skip(hourMs);
  await addEvents(1, 0);
  clock.skip(hourMs);
  await expect.poll(positions).toEqual([2]);
  clock.skip(2 * hourMs);
  await expect.poll(positions).toEqual([]);
  expect(await floor()).toBe(2);
});

test("an event is kept as long as one before it is, so that the floor has nothing kept below it", async () => {
  await addEvents(1, hourMs);
  await addEvents(1, 3 * hourMs);
  pruner.start();
  await pruner.stop();
  expect(await positions()).toEqual([1, 2]);
  expect(await floor()).toBe(0);
});

test("other writes go in between, and a stop waits for the batch under way only", async () => {
  await addEvents(5000, 3 * hourMs);
  pruner.start();
  await groupCommit.run(async () => undefined);
  await pruner.stop();
  const left = await positions();
  expect(left.length).toBeGreaterThan(0);
  expect(left.length).toBeLessThan(5000);
  expect(left[0]).toBe((await floor()) + 1);
  clock.skip(10 * hourMs);
  await groupCommit.run(async () => undefined);
  expect(await positions()).toEqual(left);
});
