import type { ErrorCode, SendInput } from "@causerie/shared";
import type { Person } from "../../support/people.ts";
import type { TestServer } from "../../support/test-server.ts";
import { trpcCalls } from "../../support/trpc.ts";
import type { Random } from "./random.ts";
import { refusalCode } from "./read-everything.ts";

/** Does what users do, at random. */
export interface RandomOperations {
  /** Starts so many operations at once and waits for all. Throws what is not a refusal that they may meet. */
  round(count: number): Promise<void>;
  /** How many were done, and not refused. */
  done(): number;
}

/** What an operation may be refused with when it is chosen blindly. */
const expected: readonly ErrorCode[] = ["FORBIDDEN", "NOT_FOUND", "VALIDATION_FAILED"];

export function createRandomOperations(
  server: TestServer,
  people: readonly Person[],
  random: Random,
): RandomOperations {
  const calls = new Map(people.map((person) => [person, trpcCalls(server, person.token)]));
  const conversations: { readonly id: number; readonly creator: Person; readonly isGroup: boolean }[] = [];
  const messages: { readonly id: number; readonly author: Person }[] = [];
  let texts = 0;
  let done = 0;

  const api = (person: Person) => calls.get(person)!;
  const text = () => `text ${(texts += 1)}`;
  const someone = () => random.pick(people);
  /** A conversation, and who does something there. */
  function place() {
    const { id } = random.pick(conversations);
    const by = someone();
    return { of: { conversation_id: id }, at: api(by).conversations, by };
  }

  /** The same for what few may do, and mostly in groups: often somebody who may. */
  function ownPlace() {
    const groups = conversations.filter(({ isGroup }) => isGroup);
    const { id, creator } = random.pick(random.happens(0.8) ? groups : conversations);
    const by = random.happens(0.8) ? creator : someone();
    return { of: { conversation_id: id }, at: api(by).conversations };
  }

  async function send(author: Person, where: Omit<SendInput, "content">): Promise<() => void> {
    const { id, conversation_id } = await api(author).messages.send.mutate({
      ...where,
      content: text(),
    } as SendInput);
    return () => {
      messages.push({ id, author });
      if (!conversations.some((one) => one.id === conversation_id))
        conversations.push({ id: conversation_id, creator: author, isGroup: false });
    };
  }

  async function create(kind: "group" | "public"): Promise<() => void> {
    const creator = someone();
    const others = kind === "group" ? people.filter(() => random.happens(0.5)).map(({ id }) => id) : [];
    const input = { kind, name: text(), member_ids: others };
    const { id } = await api(creator).conversations.create.mutate(input);
    return () => conversations.push({ id, creator, isGroup: kind === "group" });
  }

  const sendSomewhere = () => {
    const { of, by } = place();
    return send(by, of);
  };
  const markRead = () => {
    const { of, at } = place();
    return at.markRead.mutate({ ...of, up_to_seq: random.below(12) });
  };
  const add = () => {
    const { of, at } = ownPlace();
    const history = random.pick(["none", "all"] as const);
    return at.members.add.mutate({ ...of, user_ids: [someone().id, someone().id], history });
  };
  const remove = () => {
    const { of, at } = ownPlace();
    return at.members.remove.mutate({ ...of, user_id: someone().id });
  };
  const setRole = () => {
    const { of, at } = ownPlace();
    const role = random.pick(["owner", "admin", "admin", "member"] as const);
    return at.members.setRole.mutate({ ...of, user_id: someone().id, role });
  };
  const rename = () => {
    const { of, at } = ownPlace();
    return at.update.mutate({ ...of, name: text() });
  };
  const join = () => {
    const { of, at } = place();
    return at.join.mutate(of);
  };
  const leave = () => {
    const { of, at } = place();
    return at.leave.mutate(of);
  };
  const change = (act: (of: { message_id: number }, author: Person) => Promise<unknown>) => {
    const { id, author } = random.pick(messages);
    return act({ message_id: id }, random.happens(0.9) ? author : someone());
  };

  /** Often what happens often, or what is most often refused. */
  const operations: (() => Promise<unknown>)[] = [
    ...[sendSomewhere, sendSomewhere, sendSomewhere, sendSomewhere],
    () => send(someone(), { receiver_id: random.happens(0.3) ? null : someone().id }),
    () => change((of, author) => api(author).messages.edit.mutate({ ...of, content: text() })),
    () => change((of, author) => api(author).messages.delete.mutate(of)),
    ...[markRead, markRead, markRead],
    () => create(random.happens(0.7) ? "group" : "public"),
    () => api(someone()).conversations.create.mutate({ kind: "direct", member_ids: [someone().id] }),
    ...[add, add, remove, remove, setRole, setRole, rename, join, leave],
    () => api(someone()).users.updateMe.mutate({ name: text() }),
  ];

  async function attempt(operation: () => Promise<unknown>): Promise<unknown> {
    try {
      const outcome = await operation();
      done += 1;
      return outcome;
    } catch (error) {
      const code = refusalCode(error);
      if (expected.some((one) => one === code)) return undefined;
      throw error;
    }
  }

  return {
    async round(count) {
      if (messages.length === 0) {
        // Something to choose from.
        for (const remember of [await send(someone(), { receiver_id: null }), await create("group")])
          remember();
      }
      const outcomes = await Promise.all(
        Array.from({ length: count }, () => attempt(random.pick(operations))),
      );
      // Remembered in the order of the choices, so that a seed chooses from the same.
      for (const remember of outcomes) if (typeof remember === "function") (remember as () => void)();
    },
    done: () => done,
  };
}
