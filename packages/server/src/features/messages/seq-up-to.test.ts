import { expect, test } from "vitest";
import { openTestDatabase } from "../../db/open-database.testing.ts";
import { addUser } from "../users/add-user.testing.ts";
import { seqUpTo } from "./seq-up-to.ts";

test("an id of another conversation is found its place between a conversation's messages", async () => {
  const database = await openTestDatabase();
  const db = database.writeDb;
  const sender = await addUser(db, "ada");
  const conversations = [1, 2, 3].map((n) => ({ kind: "group" as const, name: `${n}`, created_at: 0 }));
  const rooms = (await db.insertInto("conversations").values(conversations).returning("id").execute()).map(
    ({ id }) => ({ id, seqs: [] as { id: number; seq: number }[] }),
  );
  // The third stays empty.
  for (const pick of [0, 1, 1, 0, 0, 0, 1, 0, 1, 1, 1, 0, 0]) {
    const room = rooms[pick]!;
    const seq = room.seqs.length + 1;
    const row = { conversation_id: room.id, seq, sender_id: sender, content: "x", created_at: 0 };
    const { id } = await db.insertInto("messages").values(row).returning("id").executeTakeFirstOrThrow();
    room.seqs.push({ id, seq });
  }
  for (const { id, seqs } of rooms) {
    await db.updateTable("conversations").set({ last_seq: seqs.length }).where("id", "=", id).execute();
    for (let asked = -1; asked < 20; asked += 1) {
      const expected = seqs.filter((message) => message.id <= asked).at(-1)?.seq ?? 0;
      expect(await seqUpTo(db, id, asked)).toBe(expected);
    }
  }
  await database.close();
});
