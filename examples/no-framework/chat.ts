/**
 * The conversation of everybody in a terminal: what is typed is sent, what comes is shown.
 *
 *   node chat.ts Ana               until its input ends
 *   echo Bonjour | node chat.ts Ana
 *
 * CAUSERIE_URL is the server (default http://127.0.0.1:8000). Each name is an account, made the first time.
 */
import { createInterface } from "node:readline";
import { CauserieError, createClient, type ConversationItem, type SnapshotStore } from "@causerie/client";

const { CAUSERIE_URL: url = "http://127.0.0.1:8000" } = process.env;
const [name = "Guest"] = process.argv.slice(2);
const account = { email: `${name.toLowerCase()}@chat.example.com`, password: "a terminal has no secrets" };

const client = createClient({ url });
await client.auth.register({ name, ...account }).catch((error: unknown) => {
  if (!(error instanceof CauserieError) || error.code !== "EMAIL_TAKEN") throw error;
});
const { user_id: me } = await client.auth.login(account);
console.log(`you are user ${me}`);

/** Waits until a store has what is looked for. */
function until<Snapshot, Found>(
  store: SnapshotStore<Snapshot>,
  find: (snapshot: Snapshot) => Found | undefined,
): Promise<Found> {
  return new Promise((resolve) => {
    const look = () => {
      const found = find(store.getSnapshot());
      if (found === undefined) return;
      stop();
      resolve(found);
    };
    const stop = store.subscribe(look);
    look();
  });
}

const { list } = client.stores;
const { id } = await until(list, ({ conversations }) => conversations.find(({ kind }) => kind === "public"));
const chat = client.conversation(id);

/** What was printed last of each message. */
const printed = new Map<string, string>();
function show(): void {
  for (const one of chat.getSnapshot().items) {
    const line =
      one.state === "sent"
        ? `${one.message.sender_id === me ? "you" : `user ${one.message.sender_id}`}: ${one.message.content}`
        : `(${one.state}) ${one.item.input.content}`;
    if (printed.get(one.key) !== line) console.log(line);
    printed.set(one.key, line);
  }
}
chat.subscribe(show);
client.connection.subscribe(() => console.error(`[${client.connection.getSnapshot().state}]`));

const sendings: Promise<unknown>[] = [];
for await (const line of createInterface({ input: process.stdin }))
  if (line.trim()) sendings.push(chat.send(line).sent);

await Promise.allSettled(sendings);
const isSettled = ({ state }: ConversationItem) => state === "sent" || state === "failed";
await until(chat, ({ status, items }) => (status !== "loading" && items.every(isSettled)) || undefined);
show();
await client.close();
