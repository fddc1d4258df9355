import { describe, expect } from "vitest";
import { readMessages, transports, useTransport, useWorld } from "./fixtures/index.ts";

const world = useWorld();
const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
const contents = (messages: readonly { content: string }[]) => messages.map(({ content }) => content);

describe.each(transports)("messages over $name", (transport) => {
  const { it, as, expectRefusal } = useTransport(transport, world);

  it("a direct message comes back as it was sent, with sender, receiver and time", ["send"], async () => {
    const [ada, blaise] = [world.people[0]!, world.people[1]!];
    const content = `Bonjour à tous 👋 over ${transport.name}`;
    const sent = await (await as(ada)).call("send", { receiver_id: blaise.id, content });
    expect(sent).toMatchObject({ content, sender_id: ada.id, receiver_id: blaise.id, created_at: isoTime });
    const [newest] = await readMessages(blaise, "/messages/?limit=1");
    expect(newest).toMatchObject({ id: sent.id, content });
  });

  it(
    "a message with a null receiver is public: people it was not addressed to read it",
    ["send"],
    async () => {
      const [ada, blaise] = [world.people[0]!, world.people[1]!];
      const sent = await (await as(ada)).call("send", { receiver_id: null, content: "à tous" });
      expect(sent.receiver_id).toBeNull();
      expect(await readMessages(blaise, "/messages/?limit=1")).toMatchObject([
        { id: sent.id, content: "à tous" },
      ]);
    },
  );

  it("a message to oneself is stored once", ["send"], async () => {
    const ada = world.people[0]!;
    const content = `note to self over ${transport.name}`;
    await (await as(ada)).call("send", { receiver_id: ada.id, content });
    expect(contents(await readMessages(ada)).filter((text) => text === content)).toEqual([content]);
  });

  it("a message to somebody who does not exist is refused and not stored", ["send"], async () => {
    const ada = world.people[0]!;
    await expectRefusal(
      (await as(ada)).call("send", { receiver_id: 999_999, content: "hello?" }),
      "NOT_FOUND",
    );
    expect(contents(await readMessages(ada))).not.toContain("hello?");
  });

  it("messages of a conversation are numbered without a gap, in the order of sending", ["send"], async () => {
    const [ada, blaise] = [world.people[0]!, world.people[1]!];
    const caller = await as(ada);
    const texts = ["one", "two", "three"];
    for (const content of texts) await caller.call("send", { receiver_id: blaise.id, content });
    const last = (await readMessages(ada, `/messages/conversation/${blaise.id}`)).slice(-3);
    expect(contents(last)).toEqual(texts);
    const first = last[0]!.seq;
    expect(last.map(({ seq }) => seq)).toEqual([first, first + 1, first + 2]);
  });

  it(
    "what is edited is read as edited, with the time of the edit",
    ["send", "edit", "conversation"],
    async () => {
      const [ada, blaise] = [world.people[0]!, world.people[1]!];
      const caller = await as(ada);
      const { id, updated_at } = await caller.call("send", { receiver_id: blaise.id, content: "befor" });
      expect(updated_at).toBeNull();
      const edited = await caller.call("edit", { message_id: id, content: "after" });
      expect(edited).toMatchObject({ id, content: "after", updated_at: isoTime });
      expect(await caller.call("conversation", { user_id: blaise.id, limit: 1 })).toEqual([edited]);
    },
  );

  it(
    "what is deleted is gone from every list, and gone for good",
    ["send", "delete", "list", "edit"],
    async () => {
      const [ada, blaise] = [world.people[0]!, world.people[1]!];
      const caller = await as(ada);
      const { id } = await caller.call("send", { receiver_id: blaise.id, content: "regretted" });
      expect(await caller.call("delete", { message_id: id })).toEqual({ message: "Message deleted." });
      const left = [
        ...(await caller.call("list")),
        ...(await caller.call("conversation", { user_id: blaise.id })),
      ];
      expect(left.map((message) => message.id)).not.toContain(id);
      await expectRefusal(caller.call("delete", { message_id: id }), "NOT_FOUND");
      await expectRefusal(caller.call("edit", { message_id: id, content: "back" }), "NOT_FOUND");
    },
  );

  it(
    "one message is found by its id, as it is now, and not once it is deleted",
    ["send", "oneMessage", "edit", "delete"],
    async () => {
      const [ada, blaise] = [world.people[0]!, world.people[1]!];
      const [asAda, asBlaise] = [await as(ada), await as(blaise)];
      const { duplicate: _, ...sent } = await asAda.call("send", { receiver_id: blaise.id, content: "this" });
      expect(await asBlaise.call("oneMessage", { message_id: sent.id })).toEqual(sent);
      const edited = await asAda.call("edit", { message_id: sent.id, content: "that" });
      expect(await asBlaise.call("oneMessage", { message_id: sent.id })).toEqual(edited);
      await asAda.call("delete", { message_id: sent.id });
      const deleted = await expectRefusal(asBlaise.call("oneMessage", { message_id: sent.id }), "NOT_FOUND");
      const unknown = await expectRefusal(asBlaise.call("oneMessage", { message_id: 999_999 }), "NOT_FOUND");
      expect(deleted.message).toBe(unknown.message);
    },
  );

  it(
    "the list holds what was sent, received and public, oldest first, and nothing of others",
    ["send", "list"],
    async () => {
      const [ada, blaise, chloe] = [world.people[0]!, world.people[1]!, world.people[2]!];
      const [asAda, asBlaise, asChloe] = [await as(ada), await as(blaise), await as(chloe)];
      const { id } = await asAda.call("send", { receiver_id: blaise.id, content: "sent" });
      await asBlaise.call("send", { receiver_id: ada.id, content: "received" });
      await asBlaise.call("send", { receiver_id: chloe.id, content: "not for Ada" });
      await asChloe.call("send", { receiver_id: null, content: "public" });
      const seen = await asAda.call("list", { after: id - 1 });
      expect(contents(seen)).toEqual(["sent", "received", "public"]);
    },
  );

  it(
    "a conversation holds both directions, oldest first, and nothing public",
    ["send", "conversation"],
    async () => {
      const [ada, blaise] = [world.people[0]!, world.people[1]!];
      const [asAda, asBlaise] = [await as(ada), await as(blaise)];
      await asAda.call("send", { receiver_id: blaise.id, content: "question" });
      await asAda.call("send", { receiver_id: null, content: "public" });
      await asBlaise.call("send", { receiver_id: ada.id, content: "answer" });
      const adas = await asAda.call("conversation", { user_id: blaise.id, limit: 2 });
      expect(contents(adas)).toEqual(["question", "answer"]);
      expect(await asBlaise.call("conversation", { user_id: ada.id, limit: 2 })).toEqual(adas);
    },
  );

  it("a conversation that has not begun is empty; one with nobody is refused", ["conversation"], async () => {
    const [ada, denis] = [world.people[0]!, world.people[3]!];
    const caller = await as(ada);
    expect(await caller.call("conversation", { user_id: denis.id })).toEqual([]);
    await expectRefusal(caller.call("conversation", { user_id: 999_999 }), "NOT_FOUND");
  });

  it(
    "lists are walked back with before and forward with after, without a gap or a repeat",
    ["send", "conversation"],
    async () => {
      const [ada, blaise] = [world.people[0]!, world.people[1]!];
      const caller = await as(ada);
      for (const content of ["1", "2", "3", "4"])
        await caller.call("send", { receiver_id: blaise.id, content });
      const page = async (parameters: object) =>
        await caller.call("conversation", { user_id: blaise.id, limit: 2, ...parameters });

      const newest = await page({});
      const older = await page({ before: newest[0]!.id });
      expect([older, newest].map(contents)).toEqual([
        ["1", "2"],
        ["3", "4"],
      ]);
      expect(await page({ after: older[1]!.id })).toEqual(newest);
      expect(await page({ after: newest[1]!.id })).toEqual([]);
    },
  );

  it("before and after together, and limits outside 1 to 100, are refused", ["list"], async () => {
    const caller = await as(world.people[0]!);
    await expectRefusal(caller.call("list", { before: 10, after: 1 }), "VALIDATION_FAILED", "after");
    for (const limit of [0, -1, 101, 1e9, 1.5]) {
      await expectRefusal(caller.call("list", { limit }), "VALIDATION_FAILED", "limit");
    }
    expect(await caller.call("list", { limit: 100 })).toBeInstanceOf(Array);
  });

  it(
    "a reply names the message it answers, which must be of the same conversation",
    ["send", "list"],
    async () => {
      const [ada, blaise] = [world.people[0]!, world.people[1]!];
      const [asAda, asBlaise] = [await as(ada), await as(blaise)];
      const { id } = await asAda.call("send", { receiver_id: blaise.id, content: "why?" });
      const answer = await asBlaise.call("send", { receiver_id: ada.id, content: "because", reply_to: id });
      expect(answer.reply_to).toBe(id);
      const elsewhere = asBlaise.call("send", { receiver_id: null, content: "because", reply_to: id });
      await expectRefusal(elsewhere, "VALIDATION_FAILED", "reply_to");
    },
  );
});
