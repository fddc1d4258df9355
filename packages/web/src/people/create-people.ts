import type { Client } from "@causerie/client";
import { createLookup, type Lookup } from "../lib/lookup.ts";

/** The names of people, by their ids; empty for those whose account is gone. */
export type People = Lookup<string>;

/** Knows the names that conversations bring along, asks for the others, and follows their changes. */
export function createPeople(client: Client): People {
  const people = createLookup(async (id) => (await client.users.get({ user_id: id })).name);
  const { list } = client.stores;
  /** Members of conversations come anew only when something about them changed. */
  const seen = new WeakSet<object>();

  function learnMembers(): void {
    for (const { members } of list.getSnapshot().conversations) {
      if (seen.has(members)) continue;
      seen.add(members);
      for (const { user_id, name } of members) people.learn(user_id, name);
    }
  }

  list.subscribe(learnMembers);
  learnMembers();
  client.events.subscribe({
    event(event) {
      if (event.type === "user.updated") people.learn(event.user.id, event.user.name);
      else if (event.type === "user.deleted") people.learn(event.user_id, "");
      else if (event.type === "member.joined") people.learn(event.member.user_id, event.member.name);
    },
    resumed: () => undefined,
    caughtUp: () => undefined,
    // The list begins anew with the names that hold now.
    reset: () => undefined,
  });
  return people;
}
