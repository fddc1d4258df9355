import { describe, expect } from "vitest";
import { readMessages, transports, useTransport, useWorld } from "./fixtures/index.ts";

const world = useWorld(["Author", "Receiver", "Stranger"]);

describe.each(transports)("who may change a message over $name", (transport) => {
  const { it, as, expectRefusal } = useTransport(transport, world);

  it("its author edits and deletes a direct message", ["send", "edit", "delete"], async () => {
    const [author, receiver] = [world.people[0]!, world.people[1]!];
    const caller = await as(author);
    const { id } = await caller.call("send", { receiver_id: receiver.id, content: "mine" });
    expect(await caller.call("edit", { message_id: id, content: "still mine" })).toMatchObject({ id });
    await caller.call("delete", { message_id: id });
    expect((await readMessages(receiver)).map((message) => message.id)).not.toContain(id);
  });

  it(
    "its receiver may read it and not change it; to a stranger it does not exist",
    ["send", "edit", "delete"],
    async () => {
      const [author, receiver, stranger] = [world.people[0]!, world.people[1]!, world.people[2]!];
      const { id } = await (
        await as(author)
      ).call("send", { receiver_id: receiver.id, content: "untouched" });
      for (const [person, code] of [
        [receiver, "FORBIDDEN"],
        [stranger, "NOT_FOUND"],
      ] as const) {
        const caller = await as(person);
        await expectRefusal(caller.call("edit", { message_id: id, content: "forged" }), code);
        await expectRefusal(caller.call("delete", { message_id: id }), code);
      }
      expect(await readMessages(receiver, "/messages/?limit=1")).toMatchObject([
        { id, content: "untouched" },
      ]);
    },
  );

  it(
    "a public message is changed by its author only; everybody may know that it exists",
    ["send", "edit", "delete"],
    async () => {
      const [author, , stranger] = [world.people[0]!, world.people[1]!, world.people[2]!];
      const asAuthor = await as(author);
      const { id } = await asAuthor.call("send", { receiver_id: null, content: "public" });
      const asStranger = await as(stranger);
      await expectRefusal(asStranger.call("edit", { message_id: id, content: "forged" }), "FORBIDDEN");
      await expectRefusal(asStranger.call("delete", { message_id: id }), "FORBIDDEN");
      expect(await asAuthor.call("edit", { message_id: id, content: "edited" })).toMatchObject({
        content: "edited",
      });
      await asAuthor.call("delete", { message_id: id });
    },
  );

  it(
    "a message that a stranger may not see is refused as one that does not exist",
    ["send", "edit", "delete"],
    async () => {
      const [author, receiver, stranger] = [world.people[0]!, world.people[1]!, world.people[2]!];
      const { id } = await (await as(author)).call("send", { receiver_id: receiver.id, content: "hidden" });
      const caller = await as(stranger);
      const refusals = [];
      for (const message_id of [id, 999_999]) {
        refusals.push(
          (await expectRefusal(caller.call("edit", { message_id, content: "x" }), "NOT_FOUND")).message,
        );
        refusals.push((await expectRefusal(caller.call("delete", { message_id }), "NOT_FOUND")).message);
      }
      expect(new Set(refusals).size).toBe(1);
    },
  );
});
