import { randomUUID } from "node:crypto";
import { signIn } from "../support/people.ts";
import type { Actor } from "./actors.ts";
import { makeFullGroup, makeGroup, makePublic, removeExMember } from "./conversations-of-stage.ts";
import { ask, type Stage } from "./stage.ts";
import { missingId, type Subject } from "./subject.ts";
import { targets, type TargetName } from "./targets.ts";

interface Written {
  readonly id: number;
  readonly conversation_id: number;
}

let count = 0;
const freshAddress = () => `nobody-yet-${process.pid}-${(count += 1)}@example.com`;

function write(stage: Stage, from: keyof Stage["people"], to: object): Promise<Written> {
  return ask<Written>(stage.people[from], "POST", "/messages/", { content: "Bonjour", ...to });
}

const subjectOf = ({ id, conversation_id }: Written): Subject => ({ conversation_id, message_id: id });

async function sessionOf(stage: Stage, role: keyof Stage["people"]): Promise<Subject> {
  const { token, refreshToken } = await signIn(stage.server.url, stage.people[role]);
  const [, claims = ""] = token.split(".");
  const { sid } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { sid: string };
  return { session_id: sid, refresh_token: refreshToken, access_token: token };
}

/** What the calls of a run are about. */
export interface Subjects {
  /** The subject that serves all calls of its kind, made when it is first asked for. */
  find(call: { readonly target: TargetName; readonly actor: Actor }): Promise<Subject>;
  /** One for a single call. */
  make(call: { readonly target: TargetName; readonly actor: Actor }): Promise<Subject>;
}

export function createSubjects(stage: Stage): Subjects {
  const found = new Map<string, Promise<Subject>>();
  const make: Subjects["make"] = async ({ target, actor }) => makeSubject[target](stage, actor);
  return {
    make,
    async find(call) {
      const key = targets[call.target].each ? `${call.target} ${call.actor}` : call.target;
      const subject = found.get(key) ?? make(call);
      found.set(key, subject);
      return await subject;
    },
  };
}

/** Makes what a call of `actor` is about. */
const makeSubject: Readonly<Record<TargetName, (stage: Stage, actor: Actor) => Promise<Subject> | Subject>> =
  {
    oneself(stage, actor) {
      const { id, email, password } = stage.personOf(actor);
      return { user_id: id, email, password };
    },
    "another person": ({ people: { guest } }) => ({
      user_id: guest.id,
      email: guest.email,
      password: "not the password of the guest",
    }),
    "taken address": ({ people: { guest } }) => ({ email: guest.email }),
    "no person": () => ({ user_id: missingId, email: freshAddress(), password: "motdepasse123" }),

    "own session": (stage, actor) => sessionOf(stage, actor === "anonymous" ? "stranger" : actor),
    "another's session": (stage) => sessionOf(stage, "guest"),
    "session in hand": (stage) => sessionOf(stage, "guest"),
    "no session": () => ({
      session_id: randomUUID(),
      refresh_token: `${randomUUID()}.bm90aGluZyBvZiB0aGlzIHNlcnZlciBhdCBhbGwhISE`,
      access_token: "no.such.token",
    }),

    async "own group"(stage, actor) {
      const member_ids = [stage.people.guest.id];
      const body = { kind: "group", name: "Own", member_ids };
      return { conversation_id: (await ask(stage.personOf(actor), "POST", "/conversations", body)).id };
    },
    async "own direct"(stage, actor) {
      const body = { kind: "direct", member_ids: [stage.people.guest.id] };
      return { conversation_id: (await ask(stage.personOf(actor), "POST", "/conversations", body)).id };
    },
    group: async (stage) => ({ conversation_id: await makeGroup(stage) }),
    public: async (stage) => ({ conversation_id: await makePublic(stage) }),
    async lobby(stage) {
      return { conversation_id: (await write(stage, "guest", { receiver_id: null })).conversation_id };
    },
    async "others' direct"({ people: { guest, friend } }) {
      const body = { kind: "direct", member_ids: [friend.id] };
      return { conversation_id: (await ask(guest, "POST", "/conversations", body)).id };
    },
    "no conversation": () => ({ conversation_id: missingId }),

    async "own message"(stage, actor) {
      if (actor === "anonymous" || actor === "stranger" || actor === "operator")
        return subjectOf(
          await write(stage, actor === "anonymous" ? "stranger" : actor, { receiver_id: null }),
        );
      const conversation_id = await makeFullGroup(stage);
      const written = await write(stage, actor, { conversation_id });
      await removeExMember(stage, conversation_id);
      return subjectOf(written);
    },
    async "group message"(stage) {
      return subjectOf(await write(stage, "author", { conversation_id: await makeGroup(stage) }));
    },
    async "public message"(stage) {
      return subjectOf(await write(stage, "author", { receiver_id: null }));
    },
    async "received message"(stage, actor) {
      const { guest } = stage.people;
      const written = await write(stage, "guest", { receiver_id: stage.personOf(actor).id });
      return { ...subjectOf(written), user_id: guest.id };
    },
    async "others' direct message"(stage) {
      const { guest, friend } = stage.people;
      return { ...subjectOf(await write(stage, "guest", { receiver_id: friend.id })), user_id: guest.id };
    },
    async "earlier message"(stage) {
      const { people } = stage;
      const body = { kind: "group", name: "Earlier" };
      const { id } = await ask(people.owner, "POST", "/conversations", body);
      const written = await write(stage, "owner", { conversation_id: id });
      const places = [people.member, people.author, people.admin, people["ex-member"]];
      await ask(people.owner, "POST", `/conversations/${id}/members`, {
        user_ids: places.map((person) => person.id),
      });
      await ask(people.owner, "PUT", `/conversations/${id}/members/${people.admin.id}`, { role: "admin" });
      await ask(people.owner, "DELETE", `/conversations/${id}/members/${people["ex-member"].id}`);
      return subjectOf(written);
    },
    async "deleted message"(stage) {
      const written = await write(stage, "author", { conversation_id: await makeGroup(stage) });
      await ask(stage.people.author, "DELETE", `/messages/${written.id}`);
      return subjectOf(written);
    },
    async "no message"(stage) {
      return { conversation_id: await makeGroup(stage), message_id: missingId };
    },
  };
