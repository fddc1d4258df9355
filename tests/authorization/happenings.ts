import { limits, type PresenceEvent, type ServerEvent, type WatchEvent } from "@causerie/shared";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { openTrpcFrames } from "../support/raw-trpc-socket.ts";
import { makeFullGroup, makePublic, removeExMember } from "./conversations-of-stage.ts";
import { ask, type Stage } from "./stage.ts";

export type LiveEvent = ServerEvent | PresenceEvent | WatchEvent;

/** Where things happen: made before anybody subscribes. */
export interface Scene {
  readonly stage: Stage;
  /** The group of the matrix; the ex-member is still in it. */
  readonly group: number;
  /** The author's messages in it. */
  readonly edited: number;
  readonly deleted: number;
  /** The public conversation of the matrix. */
  readonly public: number;
}

export async function setScene(stage: Stage): Promise<Scene> {
  const group = await makeFullGroup(stage);
  const written = (content: string) => write(stage, "author", { conversation_id: group, content });
  const edited = await written("edited");
  const deleted = await written("deleted");
  return { stage, group, edited, deleted, public: await makePublic(stage) };
}

async function write({ people }: Stage, from: keyof Stage["people"], body: object): Promise<number> {
  return (await ask(people[from], "POST", "/messages/", body)).id;
}

/** Writes and recognises the event of it. */
async function message(stage: Stage, from: keyof Stage["people"], to: object) {
  const id = await write(stage, from, { content: "Bonjour", ...to });
  return (event: LiveEvent) => event.type === "message.created" && event.message.id === id;
}

/** Somebody who is in the group types, and recognises the event by its end. */
async function type({ people }: Stage, conversation: number) {
  const answer = await ask(people.guest, "PUT", `/conversations/${conversation}/typing`, { typing: true });
  const { expires_at } = answer as unknown as { expires_at: string };
  return (event: LiveEvent) =>
    event.type === "typing" && event.conversation_id === conversation && event.expires_at === expires_at;
}

type Happen = (scene: Scene) => Promise<(event: LiveEvent) => boolean>;

/** What may reach a subscription, in the order in which it happens. Each says how to recognise its event. */
export const happenings = {
  "a message in the group before somebody is taken out": ({ stage, group }) =>
    message(stage, "author", { conversation_id: group }),

  async "the ex-member is taken out of the group"({ stage, group }) {
    await removeExMember(stage, group);
    const { id } = stage.people["ex-member"];
    return (event) => event.type === "member.left" && event.conversation_id === group && event.user_id === id;
  },

  "a message in the group": ({ stage, group }) => message(stage, "author", { conversation_id: group }),

  async "an edit in the group"({ stage, edited }) {
    await ask(stage.people.author, "PUT", `/messages/${edited}`, { content: "Modifié" });
    return (event) => event.type === "message.updated" && event.message.id === edited;
  },

  async "a deletion in the group"({ stage, deleted }) {
    await ask(stage.people.author, "DELETE", `/messages/${deleted}`);
    return (event) => event.type === "message.deleted" && event.message.id === deleted;
  },

  async "the group is renamed"({ stage, group }) {
    await ask(stage.people.owner, "PUT", `/conversations/${group}`, { name: "Nouveau nom" });
    return (event) => event.type === "conversation.updated" && event.conversation.id === group;
  },

  async "somebody joins the group"({ stage, group }) {
    const { owner, friend } = stage.people;
    await ask(owner, "POST", `/conversations/${group}/members`, { user_ids: [friend.id] });
    return (event) =>
      event.type === "member.joined" && event.conversation_id === group && event.member.user_id === friend.id;
  },

  async "somebody's role in the group changes"({ stage, group }) {
    const { owner, guest } = stage.people;
    await ask(owner, "PUT", `/conversations/${group}/members/${guest.id}`, { role: "admin" });
    return (event) => event.type === "member.updated" && event.conversation_id === group;
  },

  async "the owner reads the group"({ stage, group }) {
    await ask(stage.people.owner, "POST", `/conversations/${group}/read`, { up_to_seq: 1 });
    return (event) => event.type === "conversation.read" && event.conversation_id === group;
  },

  "a message in public": ({ stage, public: id }) => message(stage, "owner", { conversation_id: id }),

  async "a public conversation is made"({ stage }) {
    const body = { kind: "public", name: "Annonces" };
    const { id } = await ask(stage.people.owner, "POST", "/conversations", body);
    return (event) => event.type === "conversation.created" && event.conversation.id === id;
  },

  async "somebody joins the public conversation"({ stage, public: id }) {
    await ask(stage.people.friend, "POST", `/conversations/${id}/join`);
    return (event) => event.type === "member.joined" && event.conversation_id === id;
  },

  "a direct message to the member": ({ stage }) =>
    message(stage, "guest", { receiver_id: stage.people.member.id }),

  "a direct message between two others": ({ stage }) =>
    message(stage, "guest", { receiver_id: stage.people.friend.id }),

  async "somebody changes their profile"({ stage }) {
    const { guest } = stage.people;
    await ask(guest, "PUT", "/users/me", { name: "A guest" });
    return (event) => event.type === "user.updated" && event.user.id === guest.id;
  },

  "somebody types in the group before somebody is taken out": ({ stage, group }) => type(stage, group),

  "somebody types in the group": ({ stage, group }) => type(stage, group),

  "somebody types in public": ({ stage, public: id }) => type(stage, id),

  async "somebody comes online"({ stage }) {
    const { deputy, guest } = stage.people;
    const isOnline = async () => {
      const answer: unknown = await ask(guest, "GET", `/users/active/status/${deputy.id}`);
      return (answer as { is_active: boolean }).is_active;
    };
    // From an earlier row.
    await expect.poll(isOnline, { timeout: 10_000 }).toBe(false);
    const socket = await openTrpcFrames(stage.server, deputy.token);
    socket.send({ id: 1, method: "query", params: { path: "users.me" } });
    await socket.next((frame) => frame["id"] === 1);
    socket.close();
    // Watchers hear of it with the next batch.
    await delay(limits.presenceBatchMs * 1.5);
    return (event) =>
      event.type === "presence.changed" && event.user_id === deputy.id && event.status === "online";
  },

  async "a broadcast"({ stage }) {
    const text = "À tous";
    await ask(stage.people.guest, "POST", "/users/broadcast", { message: text });
    return (event) => event.type === "broadcast" && event.message === text;
  },
} as const satisfies Readonly<Record<string, Happen>>;
export type Happening = keyof typeof happenings;

const fence = "After this, all the rest has come.";

/** What reaches everybody on any subscription, after all that happened before it. */
export async function raiseFence({ people: { friend } }: Stage): Promise<void> {
  await ask(friend, "POST", "/messages/", { receiver_id: null, content: fence });
  await ask(friend, "POST", "/users/broadcast", { message: fence });
}

export function isFence(event: LiveEvent): boolean {
  return (
    (event.type === "message.created" && event.message.content === fence) ||
    (event.type === "broadcast" && event.message === fence)
  );
}
