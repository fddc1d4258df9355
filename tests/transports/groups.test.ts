import { describe, expect } from "vitest";
import type { Person } from "../support/people.ts";
import { transports, useTransport, useWorld } from "./fixtures/index.ts";

const world = useWorld(["Olga", "Amir", "Mona", "Sven"]);
const person = (index: number): Person => world.people[index]!;

describe.each(transports)("groups over $name", (transport) => {
  const { it, as, expectRefusal } = useTransport(transport, world);
  const needed = ["createConversation", "oneConversation"] as const;

  /** A group of Olga, its owner, and of whoever else is named. */
  async function group(name: string, ...members: Person[]): Promise<number> {
    const member_ids = members.map(({ id }) => id);
    return (await (await as(person(0))).call("createConversation", { kind: "group", name, member_ids })).id;
  }

  it("whoever starts a group owns it, and its members find it in their lists", needed, async () => {
    const [olga, amir] = [person(0), person(1)];
    const created = await (
      await as(olga)
    ).call("createConversation", { kind: "group", name: "Équipe", member_ids: [amir.id, olga.id] });
    expect(created).toMatchObject({ kind: "group", name: "Équipe", role: "owner", member_count: 2 });
    expect(new Map(created.members.map(({ name, role }) => [name, role]))).toEqual(
      new Map([
        ["Olga", "owner"],
        ["Amir", "member"],
      ]),
    );
    const { conversations } = await (await as(amir)).call("conversations");
    expect(conversations[0]).toMatchObject({ id: created.id, role: "member", unread_count: 0 });
  });

  it("a group must be named, and its members must exist", needed, async () => {
    const olga = await as(person(0));
    await expectRefusal(olga.call("createConversation", { kind: "group" }), "VALIDATION_FAILED", "name");
    await expectRefusal(
      olga.call("createConversation", { kind: "group", name: "x", member_ids: [999_999] }),
      "VALIDATION_FAILED",
      "member_ids",
    );
  });

  it(
    "too many or no people at once are refused in words about people",
    [...needed, "addMembers"],
    async () => {
      const olga = await as(person(0));
      const conversation_id = await group("crowd");
      const ids = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
      const refusals = [
        [
          olga.call("createConversation", { kind: "group", name: "x", member_ids: ids(1000) }),
          "member_ids must hold at most 999 ids.",
        ],
        [
          olga.call("addMembers", { conversation_id, user_ids: ids(101) }),
          "user_ids must hold at most 100 ids.",
        ],
        [olga.call("addMembers", { conversation_id, user_ids: [] }), "user_ids must hold at least 1 id."],
      ] as const;
      for (const [call, sentence] of refusals)
        expect((await expectRefusal(call, "VALIDATION_FAILED")).message).toBe(sentence);
    },
  );

  it("a direct conversation is found again, whoever starts it", needed, async () => {
    const [olga, amir] = [person(0), person(1)];
    const first = await (
      await as(olga)
    ).call("createConversation", { kind: "direct", member_ids: [amir.id] });
    const again = await (
      await as(amir)
    ).call("createConversation", { kind: "direct", member_ids: [olga.id] });
    expect(again.id).toBe(first.id);
    const withOneself = await (
      await as(olga)
    ).call("createConversation", { kind: "direct", member_ids: [olga.id] });
    expect(withOneself.member_ids).toEqual([olga.id]);
  });

  it("messages go to a conversation as well as to a receiver", [...needed, "send", "history"], async () => {
    const [olga, amir] = [person(0), person(1)];
    const id = await group("both ways", amir);
    const asAmir = await as(amir);
    const sent = await asAmir.call("send", { conversation_id: id, content: "to the group" });
    expect(sent).toMatchObject({ conversation_id: id, receiver_id: null, seq: 1 });

    const direct = await asAmir.call("send", { receiver_id: olga.id, content: "to Olga" });
    const same = await asAmir.call("send", { conversation_id: direct.conversation_id, content: "again" });
    expect(same).toMatchObject({ conversation_id: direct.conversation_id, receiver_id: olga.id });
    await expectRefusal(asAmir.call("send", { content: "to whom?" }), "VALIDATION_FAILED", "receiver_id");
    await expectRefusal(
      asAmir.call("send", { conversation_id: id, receiver_id: olga.id, content: "to both?" }),
      "VALIDATION_FAILED",
      "receiver_id",
    );
  });

  it(
    "to strangers and to those removed a group does not exist",
    [...needed, "send", "history", "removeMember", "conversations"],
    async () => {
      const [amir, sven] = [person(1), person(3)];
      const id = await group("closed", amir);
      await (await as(person(0))).call("removeMember", { conversation_id: id, user_id: amir.id });
      for (const outsider of [amir, sven]) {
        const caller = await as(outsider);
        for (const conversation_id of [id, 999_999]) {
          await expectRefusal(caller.call("oneConversation", { conversation_id }), "NOT_FOUND");
          await expectRefusal(caller.call("history", { conversation_id }), "NOT_FOUND");
          await expectRefusal(caller.call("members", { conversation_id }), "NOT_FOUND");
          await expectRefusal(caller.call("join", { conversation_id }), "NOT_FOUND");
          await expectRefusal(caller.call("send", { conversation_id, content: "let me in" }), "NOT_FOUND");
        }
        const { conversations } = await caller.call("conversations");
        expect(conversations.map((conversation) => conversation.id)).not.toContain(id);
      }
    },
  );

  it(
    "a newcomer reads from their arrival on, or everything when that is given",
    [...needed, "send", "history", "addMembers"],
    async () => {
      const [olga, amir, mona] = [await as(person(0)), person(1), person(2)];
      const id = await group("history");
      await olga.call("send", { conversation_id: id, content: "before" });
      await olga.call("addMembers", { conversation_id: id, user_ids: [amir.id] });
      await olga.call("addMembers", { conversation_id: id, user_ids: [mona.id], history: "all" });
      await olga.call("send", { conversation_id: id, content: "after" });
      const readBy = async (reader: Person) =>
        (await (await as(reader)).call("history", { conversation_id: id })).messages.map(
          ({ content }) => content,
        );
      expect(await readBy(amir)).toEqual(["after"]);
      expect(await readBy(mona)).toEqual(["before", "after"]);
      const state = await (await as(amir)).call("oneConversation", { conversation_id: id });
      expect(state).toMatchObject({ unread_count: 1, last_message: { content: "after" } });
    },
  );

  it(
    "adding somebody who is in it changes nothing",
    [...needed, "addMembers", "setRole", "members"],
    async () => {
      const [olga, amir] = [await as(person(0)), person(1)];
      const id = await group("twice", amir);
      await olga.call("setRole", { conversation_id: id, user_id: amir.id, role: "admin" });
      const [added] = await olga.call("addMembers", { conversation_id: id, user_ids: [amir.id] });
      expect(added).toMatchObject({ user_id: amir.id, role: "admin" });
      expect(await olga.call("members", { conversation_id: id })).toHaveLength(2);
    },
  );

  it(
    "owners do everything, admins manage members, members neither",
    [...needed, "addMembers", "removeMember", "setRole", "renameConversation"],
    async () => {
      const [amir, mona, sven] = [person(1), person(2), person(3)];
      const olga = await as(person(0));
      const id = await group("roles", amir, mona);
      const [asAmir, asMona] = [await as(amir), await as(mona)];
      const sven_in = { conversation_id: id, user_ids: [sven.id] };

      await expectRefusal(asMona.call("addMembers", sven_in), "FORBIDDEN");
      await expectRefusal(
        asMona.call("renameConversation", { conversation_id: id, name: "mine" }),
        "FORBIDDEN",
      );
      await olga.call("setRole", { conversation_id: id, user_id: amir.id, role: "admin" });
      await asAmir.call("addMembers", sven_in);
      expect(await asAmir.call("renameConversation", { conversation_id: id, name: "ours" })).toMatchObject({
        name: "ours",
        role: "admin",
      });
      await expectRefusal(
        asAmir.call("removeMember", { conversation_id: id, user_id: person(0).id }),
        "FORBIDDEN",
      );
      await expectRefusal(
        asAmir.call("setRole", { conversation_id: id, user_id: mona.id, role: "owner" }),
        "FORBIDDEN",
      );
      await asAmir.call("removeMember", { conversation_id: id, user_id: sven.id });
      await asMona.call("removeMember", { conversation_id: id, user_id: mona.id });
      await expectRefusal(asMona.call("oneConversation", { conversation_id: id }), "NOT_FOUND");
    },
  );

  it("a group always keeps an owner", [...needed, "setRole", "leave", "members"], async () => {
    const [olga, amir, mona] = [person(0), person(1), person(2)];
    const id = await group("succession", amir, mona);
    const asOlga = await as(olga);
    await expectRefusal(
      asOlga.call("setRole", { conversation_id: id, user_id: olga.id, role: "member" }),
      "VALIDATION_FAILED",
      "role",
    );
    await asOlga.call("setRole", { conversation_id: id, user_id: mona.id, role: "admin" });
    await asOlga.call("leave", { conversation_id: id });
    const left = await (await as(amir)).call("members", { conversation_id: id });
    expect(new Map(left.map(({ user_id, role }) => [user_id, role]))).toEqual(
      new Map([
        [amir.id, "member"],
        [mona.id, "owner"],
      ]),
    );
  });

  it(
    "a direct conversation has no name, no roles, and nobody comes or goes",
    [...needed, "leave", "addMembers", "renameConversation", "setRole", "removeMember"],
    async () => {
      const [olga, amir] = [await as(person(0)), person(1)];
      const { id } = await olga.call("createConversation", { kind: "direct", member_ids: [amir.id] });
      const refused = [
        () => olga.call("leave", { conversation_id: id }),
        () => olga.call("renameConversation", { conversation_id: id, name: "x" }),
        () => olga.call("addMembers", { conversation_id: id, user_ids: [person(2).id] }),
        () => olga.call("removeMember", { conversation_id: id, user_id: amir.id }),
        () => olga.call("setRole", { conversation_id: id, user_id: amir.id, role: "admin" }),
      ];
      for (const call of refused) await expectRefusal(call(), "FORBIDDEN");
    },
  );

  it(
    "everybody reads and writes in public; who joins counts unread messages there",
    [...needed, "join", "leave", "send", "markRead"],
    async () => {
      const [olga, amir] = [await as(person(0)), await as(person(1))];
      const { id } = await olga.call("createConversation", {
        kind: "public",
        name: `Agora ${transport.name}`.slice(0, 50),
      });
      await amir.call("send", { conversation_id: id, content: "hello" });
      expect(await amir.call("oneConversation", { conversation_id: id })).toMatchObject({
        role: null,
        unread_count: 0,
        last_message: { content: "hello" },
      });
      expect(await amir.call("join", { conversation_id: id })).toMatchObject({ role: "member" });
      await olga.call("send", { conversation_id: id, content: "welcome" });
      expect(await amir.call("oneConversation", { conversation_id: id })).toMatchObject({ unread_count: 1 });
      await amir.call("leave", { conversation_id: id });
      expect(await amir.call("oneConversation", { conversation_id: id })).toMatchObject({ role: null });
      expect(await amir.call("markRead", { conversation_id: id, up_to_seq: 1 })).toMatchObject({
        last_read_seq: 1,
        unread_count: 1,
      });
    },
  );
});
