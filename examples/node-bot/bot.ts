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

let refreshToken: string | undefined;
let accessToken: Promise<string> | undefined;
const client = createClient({ url, token: () => (accessToken ??= newAccessToken()) });

/** Signs in at first, then renews the session a minute before each access token expires. */
async function newAccessToken(): Promise<string> {
  const tokens = refreshToken
    ? await client.auth.refresh({ refresh_token: refreshToken })
    : await client.auth.login({ email, password });
  refreshToken = tokens.refresh_token;
  setTimeout(() => (accessToken = undefined), (tokens.expires_in - 60) * 1000).unref();
  return tokens.access_token;
}

async function signUpOnce(): Promise<void> {
  try {
    await client.auth.register({ name: "Echo bot", email, password });
  } catch (error) {
    if (!(error instanceof CauserieError) || error.code !== "EMAIL_TAKEN") throw error;
  }
}

/** The id makes the answer the same one however often it is sent, so nobody is answered twice. */
async function answer(message: Message): Promise<void> {
  await client.messages.send({
    receiver_id: message.sender_id,
    content: `You said: ${message.content.slice(0, 1000)}`,
    reply_to: message.id,
    client_message_id: `answer-to-${message.id}`,
  });
  console.log(`answered message ${message.id} of user ${message.sender_id}`);
  if (options.once) await client.close();
}

function fail(error: Error): void {
  console.error(`stopped: ${error.message}`);
  process.exitCode = 1;
  void client.close();
}

await signUpOnce();
const me = await client.auth.me();

client.events.subscribe(
  (event) => {
    if (event.type !== "message.created") return;
    const { sender_id, receiver_id } = event.message;
    if (receiver_id === me.id && sender_id !== me.id) answer(event.message).catch(fail);
  },
  {
    onStarted: () => console.log(`ready: write to user ${me.id} at ${url}`),
    onInterrupted: (error) => console.error(`connection lost: ${error.message} Trying again.`),
    onError: fail,
  },
);
process.once("SIGINT", () => void client.close());
process.once("SIGTERM", () => void client.close());
