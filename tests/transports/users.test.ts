import { describe, expect } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson, signIn } from "../support/people.ts";
import { transports, useTransport, useWorld } from "./fixtures/index.ts";

const world = useWorld(["Ada Lovelace", "Blaise Pascal", "Chloé 100% Dupont"]);

describe.each(transports)("people over $name", (transport) => {
  const { it, as, expectRefusal } = useTransport(transport, world);

  it(
    "everybody is listed, in the order in which they came, without e-mail addresses",
    ["users"],
    async () => {
      const listed = await (await as(world.people[0]!)).call("users");
      const ids = listed.map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(world.people.map(({ id }) => id)));
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
      for (const user of listed)
        expect(Object.keys(user).sort()).toEqual(["created_at", "id", "name", "updated_at"]);
    },
  );

  it("people are found by a part of their name, whatever its case or composition", ["users"], async () => {
    const caller = await as(world.people[0]!);
    const find = async (query: string) => (await caller.call("users", { query })).map(({ name }) => name);
    expect(await find("LOVELACE")).toEqual(["Ada Lovelace"]);
    expect(await find("chloé".normalize("NFD").toUpperCase())).toEqual(["Chloé 100% Dupont"]);
    expect(await find("nobody of that name")).toEqual([]);
  });

  it("what people type is searched for as it is: % and _ stand for nothing else", ["users"], async () => {
    const caller = await as(world.people[0]!);
    const find = async (query: string) => (await caller.call("users", { query })).map(({ name }) => name);
    expect(await find("100%")).toEqual(["Chloé 100% Dupont"]);
    expect(await find("A_a")).toEqual([]);
    expect(await find("%")).toEqual(["Chloé 100% Dupont"]);
  });

  it("one user is shown without the e-mail address; an unknown one is refused", ["user"], async () => {
    const [ada, blaise] = [world.people[0]!, world.people[1]!];
    const caller = await as(ada);
    const shown = await caller.call("user", { user_id: blaise.id });
    expect(shown).toMatchObject({ id: blaise.id, name: "Blaise Pascal" });
    expect(shown).not.toHaveProperty("email");
    await expectRefusal(caller.call("user", { user_id: 999_999 }), "NOT_FOUND");
  });

  it("a name is changed as it is", ["updateMe", "user"], async () => {
    const [ada, blaise] = [world.people[0]!, world.people[1]!];
    const caller = await as(blaise);
    expect(await caller.call("updateMe", { name: "B. Pascal" })).toMatchObject({
      name: "B. Pascal",
      email: blaise.email,
    });
    expect(await (await as(ada)).call("user", { user_id: blaise.id })).toMatchObject({ name: "B. Pascal" });
    await caller.call("updateMe", { name: "Blaise Pascal" });
  });

  it("a new e-mail address or password needs the current password", ["updateMe", "me"], async () => {
    const blaise = world.people[1]!;
    const caller = await as(blaise);
    const refused = [
      { email: "other@example.com" },
      { password: "another-password" },
      { email: "other@example.com", current_password: "not the one" },
    ];
    for (const changes of refused) {
      await expectRefusal(caller.call("updateMe", changes), "VALIDATION_FAILED", "current_password");
    }
    expect(await caller.call("me")).toMatchObject({ email: blaise.email });
  });

  it("an e-mail address that somebody else has is refused", ["updateMe"], async () => {
    const [ada, blaise] = [world.people[0]!, world.people[1]!];
    const changes = { email: ada.email.toUpperCase(), current_password: blaise.password };
    await expectRefusal((await as(blaise)).call("updateMe", changes), "EMAIL_TAKEN");
  });

  it(
    "a new password replaces the old one and ends the other sessions, not this one",
    ["updateMe", "me"],
    async () => {
      const { url } = world.server;
      const person = await createPerson(url, "Changes Password");
      const other = await signIn(url, person);
      const caller = await as(person);
      await caller.call("updateMe", { password: "another-password", current_password: person.password });
      expect((await other.call("GET", "/auth/me")).status).toBe(401);
      expect(await caller.call("me")).toMatchObject({ id: person.id });
      const signInWith = (password: string) =>
        person.call("POST", "/auth/token", { username: person.email, password }).then(({ status }) => status);
      expect([await signInWith(person.password), await signInWith("another-password")]).toEqual([401, 200]);
    },
  );

  it(
    "a user is online while a socket of theirs is open, and the three views agree",
    ["activeUsers", "userStatus", "onlineUsers"],
    async () => {
      const [ada, blaise] = [world.people[0]!, world.people[1]!];
      const absent = await createPerson(world.server.url, "Never Online");
      const caller = await as(ada);
      const socket = await openFrames(`${world.server.wsUrl}/messages/ws?token=${blaise.token}`);
      await expect.poll(() => caller.call("onlineUsers")).toContain(blaise.id);
      const { active_users, count, timestamp } = await caller.call("activeUsers");
      expect(active_users).toEqual(await caller.call("onlineUsers"));
      expect(count).toBe(active_users.length);
      expect(Date.parse(timestamp)).not.toBeNaN();
      expect(await caller.call("userStatus", { user_id: blaise.id })).toMatchObject({
        user_id: blaise.id,
        is_active: true,
      });
      expect(await caller.call("userStatus", { user_id: absent.id })).toMatchObject({ is_active: false });
      await expectRefusal(caller.call("userStatus", { user_id: 999_999 }), "NOT_FOUND");
      socket.close();
    },
  );

  it("a broadcast reaches every connected user and says how many", ["broadcast"], async () => {
    const [ada, blaise] = [world.people[0]!, world.people[1]!];
    const caller = await as(ada);
    const sockets = [blaise, blaise, world.people[2]!].map(({ token }) =>
      openFrames(`${world.server.wsUrl}/users/ws/${token}`),
    );
    const open = await Promise.all(sockets);
    for (const socket of open) await socket.next(({ type }) => type === "active_users");
    expect(await caller.call("broadcast", { message: "Annonce" })).toEqual({ status: "sent", recipients: 2 });
    for (const socket of open) {
      const frame = await socket.next(({ type }) => type === "broadcast");
      expect(frame).toMatchObject({
        from_user: "Ada Lovelace",
        message: "Annonce",
        timestamp: expect.any(String) as string,
      });
      socket.close();
    }
    await Promise.all(open.map((socket) => socket.closed()));
  });
});
