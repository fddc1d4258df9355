import { ask, type Stage } from "./stage.ts";

/**
 * A group in which each actor has the place that their name says, with the guest and a second
 * admin, the deputy; only the ex-member is still in it.
 */
export async function makeFullGroup({ people }: Stage): Promise<number> {
  const { owner, admin, deputy, member, author, guest } = people;
  const others = [admin, deputy, member, author, guest, people["ex-member"]];
  const member_ids = others.map((person) => person.id);
  const { id } = await ask(owner, "POST", "/conversations", { kind: "group", name: "Équipe", member_ids });
  const admins = [admin, deputy].map(async (person) =>
    ask(owner, "PUT", `/conversations/${id}/members/${person.id}`, { role: "admin" }),
  );
  await Promise.all(admins);
  return id;
}

export async function removeExMember({ people }: Stage, groupId: number): Promise<void> {
  await ask(people.owner, "DELETE", `/conversations/${groupId}/members/${people["ex-member"].id}`);
}

/** The same without the ex-member. */
export async function makeGroup(stage: Stage): Promise<number> {
  const id = await makeFullGroup(stage);
  await removeExMember(stage, id);
  return id;
}

/** A public conversation in which each actor has the place that their name says, with the guest. */
export async function makePublic({ people }: Stage): Promise<number> {
  const { owner, admin, member, author, guest } = people;
  const { id } = await ask(owner, "POST", "/conversations", { kind: "public", name: "Annonces" });
  const joining = [admin, member, author, guest, people["ex-member"]];
  await Promise.all(joining.map((person) => ask(person, "POST", `/conversations/${id}/join`)));
  await ask(owner, "PUT", `/conversations/${id}/members/${admin.id}`, { role: "admin" });
  await ask(people["ex-member"], "POST", `/conversations/${id}/leave`);
  return id;
}
