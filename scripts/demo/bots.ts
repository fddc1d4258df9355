import { createClient, type Client } from "@causerie/client";
import { emailOf, password, people, visitor, type Person } from "./cast.ts";
import { answers, chatter } from "./scenes.ts";
import { lobbyOf } from "./seed.ts";

const second = 1_000;

/** People who go on talking, and answer whoever writes to them alone. */
export interface Bots {
  stop(): Promise<void>;
}

/** Signs everybody but the visitor in at `url`, and lets them talk every few seconds. */
export async function startBots(url: string, random: () => number): Promise<Bots> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const clients = new Map<Person, Client>();
  for (const person of people) {
    if (person === visitor) continue;
    const client = createClient({ url });
    await client.auth.login({ email: emailOf(person), password });
    client.connection.connect();
    answerWithin(client, random, signal);
    clients.set(person, client);
  }
  const talking = talk(clients, random, signal);
  return {
    async stop() {
      stopping.abort();
      await talking;
      for (const client of clients.values()) await client.close();
    },
  };
}

async function talk(
  clients: ReadonlyMap<Person, Client>,
  random: () => number,
  signal: AbortSignal,
): Promise<void> {
  const places = new Map<string | null, number>();
  for (let turn = Math.floor(random() * chatter.length); !signal.aborted; turn += 1) {
    await pause(second * (4 + 14 * random()), signal);
    const [name, who, text] = chatter[turn % chatter.length] ?? [];
    const client = who && clients.get(who);
    if (!client || name === undefined || text === undefined || signal.aborted) continue;
    const place = places.get(name) ?? (await placeOf(client, name));
    if (place === undefined) continue;
    places.set(name, place);
    await write(client, place, text, random, signal);
  }
}

async function placeOf(client: Client, name: string | null): Promise<number | undefined> {
  if (name === null) return await lobbyOf(client);
  const { conversations } = await client.conversations.list({ limit: 100 });
  return conversations.find((one) => one.name === name)?.id;
}

/** As people do: it takes a while, and is seen. */
async function write(
  client: Client,
  place: number,
  text: string,
  random: () => number,
  signal: AbortSignal,
): Promise<void> {
  client.stores.typing.set(place, true);
  await pause(second * (1 + 3 * random()), signal);
  client.stores.typing.set(place, false);
  if (!signal.aborted) client.conversation(place).send(text).sent.catch(report);
}

function answerWithin(client: Client, random: () => number, signal: AbortSignal): void {
  client.events.subscribe({
    event(event) {
      if (event.type !== "message.created") return;
      const { sender_id, receiver_id, conversation_id } = event.message;
      const me = client.auth.userId();
      if (receiver_id !== me || sender_id === me) return;
      const answer = answers[Math.floor(random() * answers.length)];
      if (answer) void write(client, conversation_id, answer, random, signal);
    },
    resumed: () => undefined,
    caughtUp: () => undefined,
    reset: () => undefined,
  });
}

function report(error: unknown): void {
  process.stderr.write(`A bot could not send: ${error instanceof Error ? error.message : String(error)}\n`);
}

/** Waits, at most until `signal` is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
