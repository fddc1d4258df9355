import { describe, expect } from "vitest";
import { transports, useTransport, useWorld } from "./fixtures/index.ts";

const world = useWorld(["Ada", "Blaise", "Chloé"]);

describe.each(transports)("conversations over $name", (transport) => {
  const { it, as, expectRefusal } = useTransport(transport, world);

  it(
    "the public conversation is there from the start, and everybody is in it",
    ["conversations"],
    async () => {
      const [lobby] = (await (await as(world.people[2]!)).call("conversations")).conversations;
      expect(lobby).toMatchObject({ kind: "public", member_ids: null });
    },
  );

  it(
    "two people have one conversation, whoever writes, and it counts its messages",
    ["send", "conversations", "oneConversation"],
    async () => {
      const [ada, blaise] = [world.people[0]!, world.people[1]!];
      const [asAda, asBlaise] = [await as(ada), await as(blaise)];
      const first = await asAda.call("send", { receiver_id: blaise.id, content: "one" });
      const second = await asBlaise.call("send", { receiver_id: ada.id, content: "two" });
      expect(second.conversation_id).toBe(first.conversation_id);
      const conversation = await asAda.call("oneConversation", { conversation_id: first.conversation_id });
      expect(conversation).toMatchObject({ kind: "direct", name: null, last_seq: second.seq });
      expect(conversation.member_ids).toEqual([ada.id, blaise.id].sort((a, b) => a - b));
      const [forBlaise] = (await asBlaise.call("conversations")).conversations;
      expect(forBlaise).toMatchObject({ id: first.conversation_id, last_seq: second.seq });
    },
  );

  it(
    "a stranger sees neither the conversation nor that it exists",
    ["send", "conversations", "oneConversation"],
    async () => {
      const [ada, blaise, chloe] = [world.people[0]!, world.people[1]!, world.people[2]!];
      const { conversation_id } = await (
        await as(ada)
      ).call("send", { receiver_id: blaise.id, content: "private" });
      const stranger = await as(chloe);
      expect((await stranger.call("conversations")).conversations.map(({ kind }) => kind)).toEqual([
        "public",
      ]);
      const hidden = await expectRefusal(stranger.call("oneConversation", { conversation_id }), "NOT_FOUND");
      const absent = await expectRefusal(
        stranger.call("oneConversation", { conversation_id: 999_999 }),
        "NOT_FOUND",
      );
      expect(hidden.message).toBe(absent.message);
    },
  );
});
