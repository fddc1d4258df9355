import { createPerson, signIn, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { actorNames, type Actor } from "./actors.ts";
import { openStored, type Stored } from "./stored.ts";
import type { PeopleIds, Spends } from "./subject.ts";

type Role = Exclude<Actor, "anonymous"> | "guest" | "friend" | "deputy";

/** A server and the people of the matrix. */
export interface Stage extends AsyncDisposable {
  readonly server: TestServer;
  readonly stored: Stored;
  readonly people: Readonly<Record<Role, Person>>;
  /** The person behind an actor. Nobody has nothing of their own: what stands for it is the stranger's. */
  personOf(actor: Actor): Person;
  /** Whom inputs may name when `actor` calls. */
  idsFor(actor: Actor): PeopleIds;
  /** The access token that `actor` calls with: one made for the call when success ends it. */
  tokenOf(actor: Actor, spends?: Spends): Promise<string | undefined>;
}

export async function openStage(): Promise<Stage> {
  const server = await startTestServer();
  const roles = [...actorNames.filter((actor) => actor !== "anonymous"), "guest", "friend", "deputy"];
  const people = Object.fromEntries(
    await Promise.all(roles.map(async (role) => [role, await createPerson(server.url, role)] as const)),
  ) as Record<Role, Person>;
  const stored = await openStored(server);
  await stored.makeOperator(people.operator.id);
  const personOf = (actor: Actor) => people[actor === "anonymous" ? "stranger" : actor];

  return {
    server,
    stored,
    people,
    personOf,
    idsFor: (actor) => ({
      caller: personOf(actor).id,
      owner: people.owner.id,
      guest: people.guest.id,
      friend: people.friend.id,
      deputy: people.deputy.id,
    }),
    async tokenOf(actor, spends) {
      if (actor === "anonymous") return undefined;
      const person = people[actor];
      if (spends === "session") return (await signIn(server.url, person)).token;
      if (spends === "account") return (await createPerson(server.url)).token;
      return person.token;
    },
    async [Symbol.asyncDispose]() {
      await stored[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** A call of the set-up, which must succeed. */
export async function ask<Answer = { readonly id: number }>(
  person: Person,
  method: string,
  path: string,
  json?: object,
): Promise<Answer> {
  const response = await person.call(method, path, json);
  if (!response.ok) throw new Error(`${method} ${path} for the set-up: ${await response.text()}`);
  return (await response.json()) as Answer;
}
