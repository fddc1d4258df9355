import { describe, expect } from "vitest";
import { expectAllEnd, openAll } from "../support/live-connections.ts";
import { createPerson, signIn, type Person } from "../support/people.ts";
import { readMessages, transports, useTransport, useWorld } from "./fixtures/index.ts";

const world = useWorld(["Ada", "Blaise"]);
const statusOf = async (person: Person) => (await person.call("GET", "/auth/me")).status;
const signInStatus = async ({ email, call }: Person, password: string) =>
  (await call("POST", "/auth/token", { username: email, password })).status;
const newPassword = "une-autre-phrase";

describe.each(transports)("one's sessions over $name", (transport) => {
  const { it, as, expectRefusal } = useTransport(transport, world);

  it("those that live are listed, this one marked, with nothing secret", ["sessions"], async () => {
    const person = await createPerson(world.server.url);
    const [other, over] = [await signIn(world.server.url, person), await signIn(world.server.url, person)];
    await over.call("POST", "/auth/logout");
    const listed = await (await as(person)).call("sessions");
    expect(listed.map(({ current }) => current).sort()).toEqual([false, true]);
    expect(listed.map(({ kind }) => kind)).toEqual(["token", "token"]);
    const [seenHere, seenThere] = [listed, await (await as(other)).call("sessions")].map(
      (sessions) => sessions.find(({ current }) => current)?.id,
    );
    expect(new Set([seenHere, seenThere])).toEqual(new Set(listed.map(({ id }) => id)));
    expect(Object.keys(listed[0]!).sort()).toEqual([
      "created_at",
      "current",
      "device",
      "expires_at",
      "id",
      "kind",
      "last_used_at",
    ]);
    expect(Date.parse(listed[0]!.expires_at)).toBeGreaterThan(Date.now());
  });

  it("one is ended with its sockets, and the others go on", ["sessions", "revokeSession"], async () => {
    const person = await createPerson(world.server.url);
    const other = await signIn(world.server.url, person);
    const all = await openAll(world.server, other);
    const caller = await as(person);
    const session_id = (await caller.call("sessions")).find(({ current }) => !current)!.id;
    await Promise.all([caller.call("revokeSession", { session_id }), expectAllEnd(all)]);
    expect([await statusOf(other), await statusOf(person)]).toEqual([401, 200]);
    expect(await caller.call("sessions")).toHaveLength(1);
    await expectRefusal(caller.call("revokeSession", { session_id }), "NOT_FOUND");
  });

  it(
    "somebody else's is refused as one that does not exist, and goes on",
    ["sessions", "revokeSession"],
    async () => {
      const [ada, blaise] = [world.people[0]!, world.people[1]!];
      const theirs = (await (await as(blaise)).call("sessions"))[0]!.id;
      const caller = await as(ada);
      const refusals = [];
      for (const session_id of [theirs, "8b5cf3a1-6c86-4f0e-9d3e-6a2f5d1c7b90"]) {
        refusals.push(await expectRefusal(caller.call("revokeSession", { session_id }), "NOT_FOUND"));
      }
      expect(refusals[0]!.message).toBe(refusals[1]!.message);
      expect(await statusOf(blaise)).toBe(200);
      for (const session_id of ["1", "x".repeat(5000), theirs + "0"]) {
        await expectRefusal(caller.call("revokeSession", { session_id }), "VALIDATION_FAILED", "session_id");
      }
    },
  );

  it("all the others are ended at once", ["revokeOtherSessions"], async () => {
    const person = await createPerson(world.server.url);
    const others = [await signIn(world.server.url, person), await signIn(world.server.url, person)];
    const all = await openAll(world.server, others[0]!);
    await Promise.all([(await as(person)).call("revokeOtherSessions"), expectAllEnd(all)]);
    expect(await Promise.all([person, ...others].map(statusOf))).toEqual([200, 401, 401]);
  });

  it(
    "a new password ends the other sessions, and the old one signs in no more",
    ["changePassword"],
    async () => {
      const person = await createPerson(world.server.url);
      const other = await signIn(world.server.url, person);
      const caller = await as(person);
      const change = (current_password: unknown, new_password: unknown) =>
        caller.call("changePassword", { current_password, new_password });
      await expectRefusal(change("not the one", newPassword), "VALIDATION_FAILED", "current_password");
      await expectRefusal(change(undefined, newPassword), "VALIDATION_FAILED", "current_password");
      await expectRefusal(change(person.password, "short"), "VALIDATION_FAILED", "new_password");
      expect(await statusOf(other)).toBe(200);
      await change(person.password, newPassword);
      expect([await statusOf(person), await statusOf(other)]).toEqual([200, 401]);
      expect([await signInStatus(person, person.password), await signInStatus(person, newPassword)]).toEqual([
        401, 200,
      ]);
    },
  );
});

describe.each(transports)("the end of an account over $name", (transport) => {
  const { it, as, expectRefusal } = useTransport(transport, world);

  it("needs the password", ["deleteMe"], async () => {
    const person = await createPerson(world.server.url);
    const caller = await as(person);
    for (const input of [{}, { current_password: "not the one" }]) {
      await expectRefusal(caller.call("deleteMe", input), "VALIDATION_FAILED", "current_password");
    }
    expect(await statusOf(person)).toBe(200);
  });

  it("ends all its sessions and sockets, and tells everybody", ["deleteMe"], async () => {
    const person = await createPerson(world.server.url);
    const other = await signIn(world.server.url, person);
    const watcher = await openAll(world.server, world.people[0]!);
    const all = await openAll(world.server, other);
    const caller = await transport.open(world.server, person);
    const deletion = caller.call("deleteMe", { current_password: person.password });
    await Promise.all([deletion, expectAllEnd(all, 4410)]);
    expect(await deletion).toEqual({ message: "The account was deleted." });
    await caller.close();
    expect([await statusOf(person), await statusOf(other)]).toEqual([401, 401]);
    const told = await watcher.trpc.next((frame) => JSON.stringify(frame).includes("user.deleted"));
    expect(told["result"]).toMatchObject({ data: { data: { type: "user.deleted", user_id: person.id } } });
    await watcher.activity.next((frame) => frame["user_id"] === person.id && frame["status"] === "offline");
    watcher.sse.close();
    for (const { socket } of [watcher.trpc, watcher.activity, watcher.chat]) socket.terminate();
  });

  it(
    "leaves nobody to be found or written to; the messages stay",
    ["deleteMe", "user", "users", "userStatus", "activeUsers", "send", "list"],
    async () => {
      const ada = world.people[0]!;
      const person = await createPerson(world.server.url, "Soon Forgotten");
      const caller = await as(ada);
      const mine = await caller.call("send", { receiver_id: person.id, content: "to them" });
      await person.call("POST", "/messages/", { receiver_id: ada.id, content: "from them" });
      const own = await transport.open(world.server, person);
      await own.call("deleteMe", { current_password: person.password });
      await own.close();

      const user_id = person.id;
      await expectRefusal(caller.call("user", { user_id }), "NOT_FOUND");
      await expectRefusal(caller.call("userStatus", { user_id }), "NOT_FOUND");
      await expectRefusal(caller.call("send", { receiver_id: user_id, content: "again" }), "NOT_FOUND");
      expect((await caller.call("users")).map(({ id }) => id)).not.toContain(user_id);
      expect(await caller.call("users", { query: "Soon Forgotten" })).toEqual([]);
      expect((await caller.call("activeUsers")).active_users).not.toContain(user_id);
      expect((await readMessages(ada)).slice(-2)).toMatchObject([
        { id: mine.id, content: "to them" },
        { sender_id: user_id, content: "from them" },
      ]);
    },
  );

  it("keeps nothing personal, and the address is free again at once", ["deleteMe"], async () => {
    const person = await createPerson(world.server.url, "Nothing Left");
    const caller = await transport.open(world.server, person);
    await caller.call("deleteMe", { current_password: person.password });
    await caller.close();
    const [row] = await world.server.storage.query(`select * from users where id = ${person.id}`);
    expect(row).toMatchObject({
      name: "",
      name_key: "",
      email: "",
      email_key: `deleted:${person.id}`,
      password_hash: "",
    });
    expect(row!["deleted_at"]).toBeTypeOf("number");
    for (const username of [person.email, `deleted:${person.id}`]) {
      const answer = await person.call("POST", "/auth/token", { username, password: person.password });
      expect(answer.status).toBe(401);
    }
    const { name, email, password } = person;
    const again = await person.call("POST", "/auth/register", { name, email, password });
    expect(again.status).toBe(201);
    expect(((await again.json()) as { id: number }).id).not.toBe(person.id);
  });
});
