import { describe, expect } from "vitest";
import { transports, useTransport, useWorld } from "./fixtures/index.ts";

const world = useWorld(["Reader", "Writer", "Third"]);

describe.each(transports)("reading over $name", (transport) => {
  const { it, as, expectRefusal } = useTransport(transport, world);

  async function groupOfTwo(messages: number): Promise<number> {
    const writer = await as(world.people[1]!);
    const { id } = await writer.call("createConversation", {
      kind: "group",
      name: "reading",
      member_ids: [world.people[0]!.id],
    });
    for (let n = 1; n <= messages; n += 1)
      await writer.call("send", { conversation_id: id, content: `m${n}` });
    return id;
  }

  it("history is walked by seq in both directions, and around one", ["history", "delete"], async () => {
    const id = await groupOfTwo(9);
    const reader = await as(world.people[0]!);
    const read = async (where: object) => {
      const { messages, ...rest } = await reader.call("history", { conversation_id: id, ...where });
      return { seqs: messages.map(({ seq }) => seq), ...rest };
    };
    expect(await read({ limit: 3 })).toEqual({
      ...{ seqs: [7, 8, 9], from_seq: 7, to_seq: 9, has_older: true, has_newer: false },
    });
    expect(await read({ before: 4, limit: 3 })).toEqual({
      ...{ seqs: [1, 2, 3], from_seq: 1, to_seq: 3, has_older: false, has_newer: true },
    });
    expect(await read({ after: 7, limit: 5 })).toEqual({
      ...{ seqs: [8, 9], from_seq: 8, to_seq: 9, has_older: true, has_newer: false },
    });
    expect(await read({ around: 5, limit: 4 })).toEqual({
      ...{ seqs: [3, 4, 5, 6], from_seq: 3, to_seq: 6, has_older: true, has_newer: true },
    });
    expect(await read({ after: 9 })).toEqual({
      ...{ seqs: [], from_seq: 10, to_seq: 9, has_older: true, has_newer: false },
    });
    await expectRefusal(
      reader.call("history", { conversation_id: id, before: 3, after: 1 }),
      "VALIDATION_FAILED",
      "before",
    );
  });

  it("a stretch leaves out what was deleted and says what it covers", ["history", "delete"], async () => {
    const id = await groupOfTwo(5);
    const writer = await as(world.people[1]!);
    const { messages } = await writer.call("history", { conversation_id: id });
    for (const { id: message_id, seq } of messages)
      if (seq === 1 || seq === 3 || seq === 5) await writer.call("delete", { message_id });
    const stretch = await (await as(world.people[0]!)).call("history", { conversation_id: id });
    expect(stretch.messages.map(({ seq }) => seq)).toEqual([2, 4]);
    expect(stretch).toMatchObject({ from_seq: 1, to_seq: 5, has_older: false, has_newer: false });
  });

  it("the marker moves forward only, and what is unread follows from it", ["markRead", "send"], async () => {
    const id = await groupOfTwo(4);
    const reader = await as(world.people[0]!);
    const marked = await reader.call("markRead", { conversation_id: id, up_to_seq: 3 });
    expect(marked).toEqual({ conversation_id: id, last_read_seq: 3, unread_count: 1 });
    expect(await reader.call("markRead", { conversation_id: id, up_to_seq: 1 })).toEqual(marked);
    await reader.call("send", { conversation_id: id, content: "my own does not count" });
    expect(await reader.call("oneConversation", { conversation_id: id })).toMatchObject({
      last_read_seq: 3,
      unread_count: 1,
    });
    await expectRefusal(
      reader.call("markRead", { conversation_id: id, up_to_seq: 99 }),
      "VALIDATION_FAILED",
      "up_to_seq",
    );
  });

  it(
    "lists come newest activity first, and pages meet without a gap",
    ["conversations", "send"],
    async () => {
      const writer = await as(world.people[1]!);
      const ids: number[] = [];
      for (let n = 0; n < 4; n += 1) ids.push(await groupOfTwo(1));
      await writer.call("send", { conversation_id: ids[1], content: "up again" });
      const seen: number[] = [];
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const page = await writer.call("conversations", { limit: 2, ...(cursor ? { cursor } : {}) });
        expect(page.conversations.length).toBeLessThanOrEqual(2);
        seen.push(...page.conversations.map((conversation) => conversation.id));
        cursor = page.next_cursor;
      }
      expect(seen.slice(0, 4)).toEqual([ids[1], ids[3], ids[2], ids[0]]);
      expect(new Set(seen).size).toBe(seen.length);
      await expectRefusal(
        writer.call("conversations", { cursor: "nonsense" }),
        "VALIDATION_FAILED",
        "cursor",
      );
    },
  );

  it(
    "a snapshot holds the user, their conversations and the place to go on from",
    ["bootstrap"],
    async () => {
      const id = await groupOfTwo(2);
      const [reader, other] = [world.people[0]!, world.people[1]!];
      const state = await (await as(reader)).call("bootstrap");
      expect(state.user).toMatchObject({ id: reader.id, email: reader.email });
      expect(state.conversations[0]).toMatchObject({
        id,
        unread_count: 2,
        last_message: { content: "m2", sender_id: other.id },
      });
      const names = state.conversations[0]?.members.map(({ name }) => name);
      expect(names?.sort()).toEqual(["Reader", "Writer"]);
      const { conversations } = await (await as(reader)).call("conversations", { limit: 100 });
      const total = conversations.reduce((sum, conversation) => sum + conversation.unread_count, 0);
      expect(state.unread_total).toBe(total);
      expect(state.cursor).toMatch(/^[\w-]+:\d+$/);
    },
  );
});
