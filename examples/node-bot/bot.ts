/**
 * A bot that answers every direct message with the same text.
 *
 *   node bot.ts          until it is stopped
 *   node bot.ts --once   until it has answered one message
 *
 * CAUSERIE_URL is the server (default http://127.0.0.1:8000); BOT_EMAIL and BOT_PASSWORD are the
 * bot's account, which it makes for itself the first time.
 */
import { parseArgs } from "node:util";
import { CauserieError, createClient, type Message } from "@causerie/client";

const { values: options } = parseArgs({ options: { once: { type: "boolean", default: false } } });
const {
  CAUSERIE_URL: url = "http://127.0.0.1:8000",
  BOT_EMAIL: email = "echo-bot@example.com",
  BOT_PASSWORD: password = "an echo needs no secrets",
} = process.env;

const client = createClient({ url });

async function signUpOnce(): Promise<void> {
  try {
    await client.auth.register({ name: "Echo bot", email, password });
  } catch (error) {
    if (!(error instanceof CauserieError) || error.code !== "EMAIL_TAKEN") throw error;
  }
}

/** The outbox sends it until it is stored, once, whatever becomes of the connection. */
async function answer({ id, sender_id, content }: Message): Promise<void> {
  const { sent } = client.outbox.send({
    receiver_id: sender_id,
    content: `You said: ${content.slice(0, 1000)}`,
    reply_to: id,
  });
  await sent;
  console.log(`answered message ${id} of user ${sender_id}`);
  if (options.once) await client.close();
}

await signUpOnce();
const { user_id: me } = await client.auth.login({ email, password });

client.on("state", ({ state, previous }) => {
  if (previous === "online" && state === "reconnecting") console.error("connection lost. Trying again.");
});
client.on("auth_lost", ({ reason }) => {
  console.error(`stopped: ${reason}`);
  process.exitCode = 1;
  void client.close();
});
client.events.subscribe({
  async event(event) {
    if (event.type !== "message.created") return;
    const { sender_id, receiver_id } = event.message;
    if (receiver_id === me && sender_id !== me) await answer(event.message);
  },
  resumed: () => console.log("connected again"),
  caughtUp: (n) => console.log(`connected again; ${n} events were missed, and are taken care of`),
  // A program that keeps a state of its own would replace it by the snapshot here.
  reset: () => console.log(`ready: write to user ${me} at ${url}`),
});
process.once("SIGINT", () => void client.close());
process.once("SIGTERM", () => void client.close());
