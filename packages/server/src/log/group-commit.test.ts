import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { OpenDatabase } from "../db/open-database.ts";
import { openTestDatabase } from "../db/open-database.testing.ts";
import { addUser } from "../features/users/add-user.testing.ts";
import { DomainError } from "../lib/domain-error.ts";
import { everyone } from "./audience.ts";
import { readLog } from "./log-reader.ts";
import { createGroupCommit, type GroupCommit } from "./group-commit.ts";
import type { WriteTransaction } from "./write-transaction.ts";

let database: OpenDatabase;
let writer: GroupCommit;
let heads: number[];

beforeEach(async () => {
  database = await openTestDatabase();
  heads = [];
  writer = createGroupCommit({
    db: database.writeDb,
    onCommit({ events }) {
      const last = events.at(-1);
      if (last) heads.push(last.position);
    },
  });
});

afterEach(async () => {
  await writer.close();
  await database.close();
});

const emitUser = (tx: WriteTransaction, id: number) =>
  tx.emit({ type: "user.created", audience: everyone, subjectId: id, at: 0 });

const names = async () =>
  (await database.readDb.selectFrom("users").select("name").orderBy("id").execute()).map((row) => row.name);

describe("the writer", () => {
  test("commits writes that arrive together in one transaction, in the order they came", async () => {
    await Promise.all(
      ["a", "b", "c"].map((name) => writer.run(async (tx) => emitUser(tx, await addUser(tx.db, name)))),
    );
    expect(await names()).toEqual(["a", "b", "c"]);
    expect(heads).toEqual([3]);
  });

  test("undoes a failed write with its events and keeps those beside it", async () => {
    const outcomes = await Promise.allSettled([
      writer.run(async (tx) => emitUser(tx, await addUser(tx.db, "before"))),
      writer.run(async (tx) => {
        await emitUser(tx, await addUser(tx.db, "failed"));
        throw new DomainError("CONFLICT");
      }),
      writer.run(async (tx) => addUser(tx.db, "before").then(() => undefined)),
      writer.run(async (tx) => emitUser(tx, await addUser(tx.db, "after"))),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual([
      "fulfilled",
      "rejected",
      "rejected",
      "fulfilled",
    ]);
    expect(await names()).toEqual(["before", "after"]);
    const entries = await readLog(database.readDb, 0, 10);
    expect(entries.map((entry) => entry.position)).toEqual([1, 2]);
  });

  test("resolves only what another connection can already read", async () => {
    const id = await writer.run((tx) => addUser(tx.db, "seen"));
    const row = await database.readDb
      .selectFrom("users")
      .select("name")
      .where("id", "=", id)
      .executeTakeFirst();
    expect(row?.name).toBe("seen");
  });

  test("refuses writes once closed, after finishing those under way", async () => {
    const underWay = writer.run((tx) => addUser(tx.db, "last"));
    await writer.close();
    await expect(underWay).resolves.toBeGreaterThan(0);
    await expect(writer.run((tx) => addUser(tx.db, "late"))).rejects.toMatchObject({ code: "OVERLOADED" });
  });

  test("answers STORAGE_UNAVAILABLE and stores nothing when the transaction cannot commit", async () => {
    const failing = writer.run(async (tx) => {
      await emitUser(tx, await addUser(tx.db, "lost"));
      await tx.db.schema.dropTable("events").execute();
    });
    await expect(failing).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    expect(await names()).toEqual([]);
    await writer.run((tx) => addUser(tx.db, "next"));
    expect(await names()).toEqual(["next"]);
  });
});
