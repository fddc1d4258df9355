import { expect, test } from "vitest";
import { createPerson, signIn, type Person } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";
import { trpcCalls, type TrpcCalls } from "../support/trpc.ts";
import { feeds } from "../transports/fixtures/feeds.ts";
import { testRandomly } from "./support/random.ts";
import { createUnreadModel, type ModelConversation } from "./support/unread-model.ts";

const steps = 150;
const soon = { interval: 5, timeout: 5000 };

testRandomly("unread counts are what a naive recount gives, for everybody everywhere", 3, async (random) => {
  await using server = await startTestServer();
  const people = await Promise.all(
    ["Ada", "Blaise", "Chloé", "Denis"].map((name) => createPerson(server.url, name)),
  );
  const [owner, ...others] = people as [Person, ...Person[]];
  const calls = new Map(people.map((person) => [person, trpcCalls(server, person.token)]));
  const api = (person: Person): TrpcCalls => calls.get(person)!;
  const model = createUnreadModel();

  async function create(kind: "direct" | "group" | "public", members: readonly Person[]): Promise<void> {
    const { id } = await api(owner).conversations.create.mutate({
      kind,
      ...(kind === "direct" ? {} : { name: kind }),
      member_ids: members.map((person) => person.id),
    });
    const places = [owner, ...members].map(({ id }) => [id, { lastRead: 0, since: 0 }] as const);
    model.conversations.set(id, { isPublic: kind === "public", messages: [], members: new Map(places) });
  }
  const lobby = (await api(owner).conversations.list.query({})).conversations[0]!;
  model.conversations.set(lobby.id, { isPublic: true, messages: [], members: new Map() });
  await create("direct", [others[0]!]);
  await create("group", others.slice(0, 2));
  await create("group", []);
  await create("public", []);

  const mayLook = ({ isPublic, members }: ModelConversation, { id }: Person) => isPublic || members.has(id);

  async function send(person: Person, conversation_id: number, conversation: ModelConversation) {
    if (!mayLook(conversation, person)) return;
    const sent = await api(person).messages.send.mutate({ conversation_id, content: "text" });
    expect(sent.seq).toBe(conversation.messages.push({ id: sent.id, senderId: person.id, deleted: false }));
  }

  async function erase(person: Person, _id: number, conversation: ModelConversation) {
    const since = conversation.members.get(person.id)?.since ?? 0;
    const own = conversation.messages.filter(
      ({ senderId, deleted }, index) => senderId === person.id && !deleted && index + 1 > since,
    );
    if (own.length === 0 || !mayLook(conversation, person)) return;
    const message = random.pick(own);
    await api(person).messages.delete.mutate({ message_id: message.id });
    message.deleted = true;
  }

  /** Several devices at once, each as far as it happens to have read. */
  async function read(person: Person, conversation_id: number, conversation: ModelConversation) {
    if (!mayLook(conversation, person)) return;
    const member = conversation.members.get(person.id) ?? { lastRead: 0, since: 0 };
    const before = member.lastRead;
    const seqs = Array.from({ length: 1 + random.below(4) }, () =>
      random.below(conversation.messages.length + 1),
    );
    const answers = await Promise.all(
      seqs.map((up_to_seq) => api(person).conversations.markRead.mutate({ conversation_id, up_to_seq })),
    );
    for (const [index, { last_read_seq }] of answers.entries())
      expect(last_read_seq).toBeGreaterThanOrEqual(Math.max(before, seqs[index]!));
    member.lastRead = Math.max(before, ...seqs);
    conversation.members.set(person.id, member);
  }

  /** Comes in where they are out, and goes where they are in. */
  async function comeOrGo(
    person: Person,
    conversation_id: number,
    { isPublic, members, messages }: ModelConversation,
  ) {
    const isIn = members.has(person.id);
    const of = { conversation_id };
    const last = messages.length;
    const { conversations } = api(person);
    if (isPublic && isIn) await conversations.leave.mutate(of);
    else if (isPublic) await conversations.join.mutate(of);
    else if (conversation_id === direct || person === owner) return;
    else if (isIn) await api(owner).conversations.members.remove.mutate({ ...of, user_id: person.id });
    else {
      const history = random.pick(["none", "all"] as const);
      await api(owner).conversations.members.add.mutate({ ...of, user_ids: [person.id], history });
      members.set(person.id, { lastRead: last, since: history === "all" ? 0 : last });
      return;
    }
    if (isIn) members.delete(person.id);
    else members.set(person.id, { lastRead: last, since: 0 });
  }
  const direct = [...model.conversations.keys()][1]!;

  async function compare(person: Person): Promise<void> {
    const { conversations, unread_total } = await api(person).bootstrap.query();
    const told = conversations.map(({ id, last_read_seq, unread_count }) => [
      id,
      { last_read_seq, unread_count },
    ]);
    const visible = [...model.conversations.keys()].filter((id) => model.placeOf(person.id, id));
    const counted = visible.map((id) => [id, model.placeOf(person.id, id)!] as const);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(counted));
    expect(unread_total).toBe(counted.reduce((sum, [, place]) => sum + place.unread_count, 0));
    const one = random.pick(visible);
    const state = await api(person).conversations.get.query({ conversation_id: one });
    expect(state).toMatchObject(model.placeOf(person.id, one)!);
  }

  const actions = [send, send, send, send, erase, read, comeOrGo];
  for (let step = 0; step < steps; step += 1) {
    const [id, conversation] = random.pick([...model.conversations]);
    await random.pick(actions)(random.pick(people), id, conversation);
    if (random.happens(0.1)) await compare(random.pick(people));
  }
  for (const person of people) await compare(person);
});

test("a marker moves forward only, on all devices of its owner and on nobody else's", async () => {
  await using server = await startTestServer();
  const [ada, blaise] = [await createPerson(server.url, "Ada"), await createPerson(server.url, "Blaise")];
  const phone = await signIn(server.url, blaise);
  const count = 30;
  let conversation_id = 0;
  for (let n = 0; n < count; n += 1)
    ({ conversation_id } = await trpcCalls(server, ada.token).messages.send.mutate({
      receiver_id: blaise.id,
      content: `${n}`,
    }));

  const devices = await Promise.all(
    [blaise, phone].flatMap((device) => feeds.map((feed) => feed.open(server, device))),
  );
  const others = await feeds[0]!.open(server, ada);
  for (const feed of [...devices, others]) await expect.poll(() => feed.items.length, soon).toBe(1);

  const markRead = (device: Person, up_to_seq: number) =>
    trpcCalls(server, device.token).conversations.markRead.mutate({ conversation_id, up_to_seq });
  const answers = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      markRead(index % 2 ? blaise : phone, 1 + ((index * 7) % count)),
    ),
  );
  for (const [index, { last_read_seq, unread_count }] of answers.entries()) {
    expect(last_read_seq).toBeGreaterThanOrEqual(1 + ((index * 7) % count));
    expect(unread_count).toBe(count - last_read_seq);
  }
  // A device that comes late with less says nothing new.
  expect(await markRead(phone, 3)).toEqual({ conversation_id, last_read_seq: count, unread_count: 0 });

  await trpcCalls(server, ada.token).messages.send.mutate({ receiver_id: null, content: "the end" });
  const isEnd = (text: string) => text.includes('"the end"');
  for (const feed of [...devices, others])
    await expect.poll(() => isEnd(JSON.stringify(feed.items.at(-1))), soon).toBe(true);

  const reads = devices.map(({ items }) =>
    items.flatMap(({ data }) => (data.type === "conversation.read" ? data.last_read_seq : [])),
  );
  for (const markers of reads) {
    expect(markers).toEqual([...markers].sort((one, other) => one - other));
    expect(markers.at(-1)).toBe(count);
    expect(markers.length).toBeLessThan(count);
  }
  const positions = devices.map(({ items }) =>
    items.filter(({ data }) => data.type === "conversation.read").map(({ id }) => id),
  );
  for (const ofDevice of positions) expect(ofDevice).toEqual(positions[0]);
  expect(others.items.map(({ data }) => data.type)).not.toContain("conversation.read");
  for (const feed of [...devices, others]) await feed.close();
});
