import { expect, test } from "vitest";
import { createPeople, createPerson, signIn, type Person } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";
import { trpcCalls, type TrpcCalls } from "../support/trpc.ts";
import { feeds } from "../transports/fixtures/feeds.ts";
import { testRandomly } from "./support/random.ts";
import { createUnreadModel } from "./support/unread-model.ts";
import { createUnreadOperations } from "./support/unread-operations.ts";

const steps = 150;
const soon = { interval: 5, timeout: 5000 };

testRandomly("unread counts are what a naive recount gives, for everybody everywhere", 3, async (random) => {
  await using server = await startTestServer();
  const people = await Promise.all(
    ["Ada", "Blaise", "Chloé", "Denis"].map((name) => createPerson(server.url, name)),
  );
  const [ada, blaise, chloe] = people as [Person, Person, Person];
  const calls = new Map(people.map((person) => [person, trpcCalls(server, person.token)]));
  const api = (person: Person): TrpcCalls => calls.get(person)!;
  const model = createUnreadModel();
  const operations = createUnreadOperations(model, calls, random);

  const [lobby] = (await api(ada).conversations.list.query({})).conversations;
  model.conversations.set(lobby!.id, { kind: "public", messages: [], members: new Map() });
  await operations.create("direct", ada, [blaise]);
  await operations.create("group", ada, [blaise, chloe]);
  await operations.create("group", blaise, []);
  await operations.create("public", chloe, []);

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

  for (let step = 0; step < steps; step += 1) {
    await operations.random();
    if (random.happens(0.1)) await compare(random.pick(people));
  }
  for (const person of people) await compare(person);
});

test("a marker moves forward only, on all devices of its owner and on nobody else's", async () => {
  await using server = await startTestServer();
  const [ada, blaise] = await createPeople(server.url, "Ada", "Blaise");
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
