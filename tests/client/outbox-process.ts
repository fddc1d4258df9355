import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "@causerie/client";
import { fileOutbox } from "@causerie/client/node";
import { handMadeOutbox, untilEmpty } from "./hand-made-outbox.ts";

/**
 * A program with an outbox in a file, for tests: it sends `count` messages, `<name> 0` and so on, to the conversations
 * in turn, and ends when nothing is left. It prints the text of each once it is durable on its side.
 */
const [server = "", token = "", userId = "", path = "", name = "", count = "0", ...conversations] =
  process.argv.slice(2);

const client = createClient({ url: server, token });
const file = fileOutbox(path);
const storage: typeof file = {
  ...file,
  async put(user, item) {
    await file.put(user, item);
    process.stdout.write(`${item.input.content}\n`);
  },
};
const outbox = handMadeOutbox({ server, userId: Number(userId), storage, send: client.messages.send });
for (let n = 0; n < Number(count); n += 1) {
  outbox.send({
    conversation_id: Number(conversations[n % conversations.length]),
    content: `${name} ${n}`,
  });
  await delay(2);
}
// Whatever an earlier run has left is in the list by then.
await delay(200);
await untilEmpty(outbox);
await outbox.close();
await client.close();
