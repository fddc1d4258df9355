import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpenDatabase } from "../../db/open-database.ts";
import { openTestDatabase } from "../../db/open-database.testing.ts";
import { findLobby } from "../conversations/index.ts";
import { addUser } from "../users/add-user.testing.ts";
import { listForUser } from "./list-for-user.ts";

interface Written {
  readonly id: number;
  readonly room: string;
  readonly deleted: boolean;
}

let database: OpenDatabase;
let lobbyId: number;
let written: Written[];
let people: number[];

/** Several direct conversations, one of them with oneself and one empty, the lobby, and a group that does not count. */
beforeAll(async () => {
  database = await openTestDatabase();
  const db = database.writeDb;
  lobbyId = (await findLobby(db)).id;
  people = [];
  for (const name of ["ada", "bo", "cy", "di"]) people.push(await addUser(db, name));
  const rooms: Record<string, { id: number; seq: number }> = { lobby: { id: lobbyId, seq: 0 } };
  for (const [name, ...members] of [
    ["ada-bo", 0, 1],
    ["ada-cy", 0, 2],
    ["bo-cy", 1, 2],
    ["ada", 0],
    ["ada-di", 0, 3],
    ["group", 0, 1, 2],
  ] as const) {
    const kind = name === "group" ? ("group" as const) : ("direct" as const);
    const row = { kind, name: null, direct_key: kind === "group" ? null : name, created_at: 0 };
    const { id } = await db.insertInto("conversations").values(row).returning("id").executeTakeFirstOrThrow();
    rooms[name] = { id, seq: 0 };
    for (const member of members) {
      const joined = { conversation_id: id, user_id: people[member]!, role: "member" as const, joined_at: 0 };
      await db.insertInto("members").values(joined).execute();
    }
  }
  written = [];
  const order = ["ada-bo", "lobby", "ada-bo", "bo-cy", "ada-cy", "group", "ada", "ada-bo", "lobby"];
  for (let n = 0; n < 90; n += 1) {
    // Long runs in one conversation, short ones, and tombstones alone and in a row.
    const room = n > 30 && n < 50 ? "ada-bo" : order[(n * n + n) % order.length]!;
    const deleted = n % 7 === 3 || (n > 36 && n < 41);
    const place = rooms[room]!;
    place.seq += 1;
    const row = {
      conversation_id: place.id,
      seq: place.seq,
      sender_id: people[0]!,
      content: "x",
      created_at: 0,
    };
    const { id } = await db
      .insertInto("messages")
      .values({ ...row, deleted_at: deleted ? 1 : null })
      .returning("id")
      .executeTakeFirstOrThrow();
    written.push({ id, room, deleted });
  }
  for (const { id, seq } of Object.values(rooms))
    await db.updateTable("conversations").set({ last_seq: seq }).where("id", "=", id).execute();
});

afterAll(() => database.close());

test.each([
  [0, ["ada-bo", "ada-cy", "ada", "lobby"]],
  [1, ["ada-bo", "bo-cy", "lobby"]],
  [3, ["lobby"]],
])(
  "person %i gets pages of what belongs to %j, whatever lies between and was deleted",
  async (person, own) => {
    const ids = written.filter(({ room, deleted }) => !deleted && own.includes(room)).map(({ id }) => id);
    const idsOf = async (page: { before?: number; after?: number; limit?: number }) =>
      (await listForUser(database.readDb, people[person]!, lobbyId, page)).items.map(({ id }) => id);
    const bounds = [0, 1, ...written.map(({ id }) => id), 1_000_000];
    expect(await idsOf({})).toEqual(ids);
    for (const limit of [1, 3, 40]) {
      expect(await idsOf({ limit })).toEqual(ids.slice(-limit));
      for (const bound of bounds) {
        const before = ids.filter((id) => id < bound);
        const after = ids.filter((id) => id > bound);
        expect(await idsOf({ before: bound, limit }), `before ${bound}`).toEqual(before.slice(-limit));
        expect(await idsOf({ after: bound, limit }), `after ${bound}`).toEqual(after.slice(0, limit));
      }
    }
  },
);
