import { expect } from "vitest";
import type { Person } from "../../support/people.ts";
import type { TrpcCalls } from "../../support/trpc.ts";
import type { Random } from "./random.ts";
import type { ModelConversation, UnreadModel } from "./unread-model.ts";

/** What users do that changes what is unread, done to the server and to the model. */
export interface UnreadOperations {
  create(kind: ModelConversation["kind"], owner: Person, others: readonly Person[]): Promise<void>;
  /** One operation of a random user in a random conversation, unless it makes no sense there. */
  random(): Promise<void>;
}

export function createUnreadOperations(
  model: UnreadModel,
  calls: ReadonlyMap<Person, TrpcCalls>,
  random: Random,
): UnreadOperations {
  const api = (person: Person): TrpcCalls => calls.get(person)!;
  const people = [...calls.keys()];

  type Operation = (person: Person, conversation_id: number, of: ModelConversation) => Promise<void>;

  const send: Operation = async (person, conversation_id, { messages }) => {
    const { id, seq } = await api(person).messages.send.mutate({ conversation_id, content: "text" });
    expect(seq).toBe(messages.push({ id, senderId: person.id, deleted: false }));
  };

  const erase: Operation = async (person, _id, { messages, members }) => {
    const since = members.get(person.id)?.since ?? 0;
    const own = messages.filter(
      ({ senderId, deleted }, index) => senderId === person.id && !deleted && index + 1 > since,
    );
    if (own.length === 0) return;
    const message = random.pick(own);
    await api(person).messages.delete.mutate({ message_id: message.id });
    message.deleted = true;
  };

  /** Several devices at once, each as far as it happens to have read. */
  const read: Operation = async (person, conversation_id, { messages, members }) => {
    const member = members.get(person.id) ?? { lastRead: 0, since: 0 };
    const before = member.lastRead;
    const seqs = Array.from({ length: 1 + random.below(4) }, () => random.below(messages.length + 1));
    const answers = await Promise.all(
      seqs.map((up_to_seq) => api(person).conversations.markRead.mutate({ conversation_id, up_to_seq })),
    );
    for (const [index, { last_read_seq }] of answers.entries())
      expect(last_read_seq).toBeGreaterThanOrEqual(Math.max(before, seqs[index]!));
    member.lastRead = Math.max(before, ...seqs);
    // Whoever keeps a marker in a public conversation has joined it.
    members.set(person.id, member);
  };

  const leave: Operation = async (person, conversation_id, { kind, owner, members }) => {
    const of = { conversation_id };
    if (kind === "direct" || person === owner || !members.has(person.id)) return;
    if (owner && kind === "group" && random.happens(0.5))
      await api(owner).conversations.members.remove.mutate({ ...of, user_id: person.id });
    else await api(person).conversations.leave.mutate(of);
    members.delete(person.id);
  };

  const enter: Operation = async (person, conversation_id, { kind, owner, messages, members }) => {
    if (kind === "direct" || members.has(person.id)) return;
    const history = kind === "public" ? "all" : random.pick(["none", "all"] as const);
    const added = { conversation_id, user_ids: [person.id], history };
    if (kind === "public") await api(person).conversations.join.mutate({ conversation_id });
    else if (owner) await api(owner).conversations.members.add.mutate(added);
    members.set(person.id, { lastRead: messages.length, since: history === "all" ? 0 : messages.length });
  };

  const mayLook = ({ kind, members }: ModelConversation, { id }: Person) =>
    kind === "public" || members.has(id);
  const ofReaders = [send, send, send, send, erase, read, leave];

  return {
    async create(kind, owner, others) {
      const name = kind === "direct" ? {} : { name: kind };
      const member_ids = others.map(({ id }) => id);
      const { id } = await api(owner).conversations.create.mutate({ kind, ...name, member_ids });
      const members = new Map([owner, ...others].map((one) => [one.id, { lastRead: 0, since: 0 }] as const));
      model.conversations.set(id, { kind, owner, messages: [], members });
    },
    async random() {
      const [id, conversation] = random.pick([...model.conversations]);
      const person = random.pick(people);
      const inside =
        mayLook(conversation, person) && !(random.happens(0.3) && !conversation.members.has(person.id));
      await (inside ? random.pick(ofReaders) : enter)(person, id, conversation);
    },
  };
}
