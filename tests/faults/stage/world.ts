import { createPerson } from "../../support/people.ts";
import { mustCall } from "./api.ts";

/** Somebody who is signed in. */
export interface Actor {
  readonly id: number;
  /** To sign in again, with the password of all people in tests. */
  readonly email: string;
  readonly token: string;
  /** Where the log stood before anybody wrote. */
  readonly cursor: string;
}

/** Where people write. */
export interface Place {
  readonly id: number;
  readonly kind: "direct" | "group" | "public";
  /** Who reads it, by place in `people`; everybody when it is public. */
  readonly members: readonly number[];
}

/** Who there is and where they write, before anything was written. */
export interface World {
  /** The last of them is in no group and no direct conversation. */
  readonly people: readonly Actor[];
  readonly places: readonly Place[];
}

const count = 6;
const everybody = Array.from({ length: count }, (_, index) => index);
const group = [0, 1, 2, 3];
const pairs = [
  [0, 1],
  [2, 3],
  [0, 4],
] as const;

/** Registers people at a fresh server and makes their conversations: the lobby, a group, three pairs. */
export async function makeWorld(url: string): Promise<World> {
  const people = await Promise.all(everybody.map((index) => createPerson(url, `Person ${index}`)));
  const create = async (owner: number, json: unknown) => {
    const token = people[owner]?.token ?? "";
    return (await mustCall<{ id: number }>(url, token, "POST", "/conversations/", { json })).id;
  };
  const idsOf = (members: readonly number[]) => members.map((index) => people[index]?.id);
  const places: Place[] = [
    {
      kind: "group",
      members: group,
      id: await create(0, { kind: "group", name: "Group", member_ids: idsOf(group.slice(1)) }),
    },
  ];
  for (const [one, other] of pairs) {
    const id = await create(one, { kind: "direct", member_ids: idsOf([other]) });
    places.push({ kind: "direct", members: [one, other], id });
  }
  const { conversations } = await bootstrap(url, people[0]?.token ?? "");
  const lobby = conversations.find(({ kind }) => kind === "public");
  if (!lobby) throw new Error("There is no public conversation.");
  places.push({ kind: "public", members: everybody, id: lobby.id });

  const actors = people.map(async ({ id, email, token }) => ({
    id,
    email,
    token,
    cursor: (await bootstrap(url, token)).cursor,
  }));
  return { people: await Promise.all(actors), places };
}

interface Bootstrap {
  readonly cursor: string;
  readonly conversations: readonly { readonly id: number; readonly kind: string }[];
}

const bootstrap = (url: string, token: string) => mustCall<Bootstrap>(url, token, "GET", "/bootstrap");
