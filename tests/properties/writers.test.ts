import type { SendInput, SentMessage } from "@causerie/shared";
import { expect } from "vitest";
import { readLogTable } from "../support/log-table.ts";
import { createPerson, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { trpcCalls, trpcOverSocket, type TrpcCalls } from "../support/trpc.ts";
import { feeds } from "../transports/fixtures/feeds.ts";
import { expectInOrder } from "./support/judge-deliveries.ts";
import { testRandomly } from "./support/random.ts";
import { heard, startRecorder } from "./support/recorder.ts";

const writersOfEachKind = 25;
const sendsEach = 20;
const theEnd = "the end";

/** Somebody who sends, over whatever it may be. */
interface Writer {
  send(input: SendInput): Promise<SentMessage>;
  close(): Promise<void>;
}

testRandomly("50 writers leave no hole and no double, and no reader sees one", 1, async (random) => {
  await using server = await startTestServer();
  const people = await Promise.all(
    ["Ada", "Blaise", "Chloé", "Denis", "Emma"].map((name) => createPerson(server.url, name)),
  );
  const [ada, blaise] = people as [Person, Person];
  const asAda = trpcCalls(server, ada.token);
  const create = async (kind: "direct" | "group" | "public", members: readonly Person[]) => {
    const name = kind === "direct" ? {} : { name: kind };
    const input = { kind, ...name, member_ids: members.map(({ id }) => id) };
    return (await asAda.conversations.create.mutate(input)).id;
  };
  const places = [
    ...[await create("group", people.slice(1)), await create("group", people.slice(1))],
    await create("public", []),
  ];
  const direct = await create("direct", [blaise]);
  const { cursor } = await asAda.bootstrap.query();

  const writers = await Promise.all(
    Array.from({ length: writersOfEachKind * 2 }, (_, index) => {
      const person = people[index % people.length]!;
      return index < writersOfEachKind ? socketWriter(server, person) : restWriter(person);
    }),
  );
  let writing = true;
  const live = await startRecorder(feeds[0]!, server, ada, cursor);
  const reading = [...places, direct].map((id) => readOn(asAda, id, () => writing));

  let expected = 0;
  async function write(writer: Writer, index: number): Promise<void> {
    for (let n = 0; n < sendsEach; n += 1) {
      // Only two of them are in the direct conversation.
      const choices = index % people.length < 2 ? [...places, direct] : places;
      const message = {
        conversation_id: random.pick(choices),
        content: `text ${index}.${n}`,
        client_message_id: `key ${index}.${n}`,
      };
      const copies = random.happens(0.2) ? 2 + random.below(2) : 1;
      expected += 1;
      // A retry may overtake the first, over another connection of the same person.
      const twin = writers[(index + people.length) % writers.length]!;
      const sent = await Promise.all(
        Array.from({ length: copies }, (_, copy) => (copy % 2 ? twin : writer).send(message)),
      );
      expect(new Set(sent.map(({ id, seq }) => `${id} ${seq}`)).size).toBe(1);
      expect(sent.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    }
  }
  await Promise.all(writers.map(write));
  await asAda.messages.send.mutate({ receiver_id: null, content: theEnd });
  writing = false;

  const read = await Promise.all(reading);
  expect(read.reduce((sum, seqs) => sum + seqs.length, 0)).toBe(expected);
  for (const seqs of read) expect(seqs).toEqual(upTo(seqs.length));

  await expect.poll(() => heard(live, theEnd), { interval: 50, timeout: 30_000 }).toBe(true);
  const recorded = live.recorded();
  expectInOrder(recorded);
  for (const [index, id] of [...places, direct].entries()) {
    const seqs = recorded.flatMap(({ event }) =>
      event.type === "message.created" && event.message.conversation_id === id ? event.message.seq : [],
    );
    expect(seqs).toEqual(upTo(read[index]!.length));
  }

  const log = await readLogTable(server);
  expect(log.map(({ position }) => position)).toEqual(upTo(log.length));
  expect(log.at(-1)!.position).toBe(Number((await asAda.bootstrap.query()).cursor.split(":")[1]));

  for (const { close } of [...writers, live]) await close();
});

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

/** Reads a conversation as it grows; whatever it has read so far has no hole. Returns all that there is in the end. */
async function readOn(api: TrpcCalls, conversation_id: number, growing: () => boolean): Promise<number[]> {
  const seqs: number[] = [];
  for (;;) {
    const last = !growing();
    const { last_seq } = await api.conversations.get.query({ conversation_id });
    const page = await api.conversations.history.query({ conversation_id, after: seqs.length, limit: 100 });
    seqs.push(...page.messages.map(({ seq }) => seq));
    expect(seqs).toEqual(upTo(seqs.length));
    // Whoever reads a number can read all that come before it.
    if (!page.has_newer) expect(seqs.length).toBeGreaterThanOrEqual(last_seq);
    if (last && !page.has_newer) return seqs;
  }
}

async function socketWriter(server: TestServer, person: Person): Promise<Writer> {
  const socket = trpcOverSocket(server, person.token);
  await socket.client.auth.me.query();
  return { send: (input) => socket.client.messages.send.mutate(input), close: socket.close };
}

async function restWriter(person: Person): Promise<Writer> {
  return {
    async send({ client_message_id, ...message }) {
      const key = { "idempotency-key": client_message_id ?? "" };
      const answer = await person.call("POST", "/messages/", message, key);
      expect(answer.status).toBeLessThan(300);
      return (await answer.json()) as SentMessage;
    },
    close: async () => undefined,
  };
}
