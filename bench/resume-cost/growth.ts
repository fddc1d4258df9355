import { createPerson, type Person } from "../../tests/support/people.ts";
import { startServerProcess } from "../../tests/support/server-process.ts";
import { median, ms, timed } from "./median.ts";
import { personAt } from "./person-at.ts";
import type { FilledStorage } from "./storages.ts";

const sizes = [1_000, 100_000, 1_000_000] as const;
const rounds = 20;
const callsPerRound = 20;

interface Grown extends AsyncDisposable {
  readonly size: number;
  readonly person: Person;
  readonly receiver: number;
  readonly conversation: number;
  readonly times: { readonly history: number[]; readonly send: number[] };
}

/** Measures a page of history and a send in conversations of different lengths, in turns. */
export async function measureGrowth(
  engine: string,
  createStorage: () => Promise<FilledStorage>,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const all: Grown[] = [];
  for (const size of sizes) all.push(stack.use(await grow(size, createStorage)));
  for (let round = 0; round <= rounds; round += 1) {
    for (const one of all) {
      await useOnce(one);
      // The first round warms up.
      if (round === 0) for (const times of Object.values(one.times)) times.length = 0;
    }
  }
  for (const what of ["history", "send"] as const) {
    const [base = NaN, ...others] = all.map(({ times }) => median(times[what]));
    const text = all.map(({ size, times }) => `${size} messages ${ms(median(times[what]))}`).join(", ");
    const ratios = others.map((value) => `${(value / base).toFixed(2)}x`).join(" and ");
    process.stdout.write(`${engine}: ${what}: ${text}: ${ratios} the smallest\n`);
  }
}

async function useOnce({ person, receiver, conversation, size, times }: Grown): Promise<void> {
  for (let n = 0; n < callsPerRound; n += 1) {
    // Anywhere in the conversation.
    const around = 1 + Math.floor((size * (n + 0.5)) / callsPerRound);
    const path = `/conversations/${conversation}/messages?around=${around}&limit=50`;
    times.history.push(await timed(() => succeed(person.call("GET", path))));
    const message = { receiver_id: receiver, content: "Bonjour, comment allez-vous ?" };
    times.send.push(await timed(() => succeed(person.call("POST", "/messages/", message))));
  }
}

async function succeed(call: Promise<Response>): Promise<void> {
  const answer = await call;
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
}

/** A server whose two people have written to each other so many times. */
async function grow(size: number, createStorage: () => Promise<FilledStorage>): Promise<Grown> {
  const storage = await createStorage();
  let person: Person, receiver: number, conversation: number;
  {
    await using server = await startServerProcess({}, { storage });
    person = await createPerson(server.url, "Ada");
    receiver = (await createPerson(server.url, "Blaise")).id;
    const sent = await person.call("POST", "/messages/", { receiver_id: receiver, content: "the first" });
    conversation = ((await sent.json()) as { conversation_id: number }).conversation_id;
  }
  const { query, numbers } = storage;
  const [{ position: head } = { position: 0 }] = (await query("select position from log_head")) as {
    position: number;
  }[];
  const start = Date.now() - size;
  await query(`insert into messages (id, conversation_id, seq, sender_id, receiver_id, content, created_at)
    select 1000 + x, ${conversation}, x + 1, ${person.id}, ${receiver}, 'Bonjour, comment allez-vous ? ' || x, ${start} + x
    from ${numbers(size)}`);
  await query(`insert into events (position, type, audience, subject_id, created_at)
    select ${head} + x, 'message.created', 'c:${conversation}', 1000 + x, ${start} + x from ${numbers(size)}`);
  await query(`update conversations set last_seq = ${size + 1} where id = ${conversation}`);
  await query(`update log_head set position = ${head + size}`);
  if (storage.env["DATABASE_URL"])
    await query("select setval(pg_get_serial_sequence('messages', 'id'), (select max(id) from messages))");
  await storage.settle();

  const server = await startServerProcess({}, { storage });
  return {
    size,
    person: personAt(server.url, person),
    receiver,
    conversation,
    times: { history: [], send: [] },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
    },
  };
}
