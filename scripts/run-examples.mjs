import "./check-node.mjs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";

// Runs every example against a server of its own; fails when one of them does.

const patienceMs = 60_000;

/** Starts a program of this repository and types `input`; its output is shown, and kept line by line. */
function start(command, args, env = {}, input = "") {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
    timeout: patienceMs,
  });
  child.stdin.end(input);
  const lines = [];
  const waiting = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      process.stdout.write(`  ${line}\n`);
      lines.push(line);
      for (const check of waiting) check();
    });
  }
  const exited = once(child, "close").then(([code, signal]) => code ?? signal);

  return {
    child,
    /** Waits for the first line that matches; fails when the program ends without it. */
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const match = lines.map((line) => pattern.exec(line)).find(Boolean);
          if (!match) return;
          waiting.delete(check);
          resolve(match);
        };
        waiting.add(check);
        check();
        void exited.then((code) =>
          reject(new Error(`${command} ${args.join(" ")} ended (${code}) without ${pattern}`)),
        );
      }),
    /** Waits for the end; fails unless the exit code is 0. */
    async succeeded() {
      const code = await exited;
      if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}`);
    },
  };
}

/** A signed-in user's calls. */
async function createWriter(url) {
  const account = { name: "Writer", email: "writer@example.com", password: "motdepasse123" };
  const call = async (path, { token, body } = {}) => {
    const response = await globalThis.fetch(`${url}${path}`, {
      method: body ? "POST" : "GET",
      headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return await response.json();
  };
  await call("/auth/register", { body: account });
  const { access_token: token } = await call("/auth/login", {
    body: { email: account.email, password: account.password },
  });
  return {
    send: (receiver_id, content) => call("/messages/", { token, body: { receiver_id, content } }),
    conversation: (userId) => call(`/messages/conversation/${userId}`, { token }),
  };
}

async function runBot(url) {
  process.stdout.write("examples/node-bot\n");
  const bot = start(process.execPath, ["examples/node-bot/bot.ts", "--once"], { CAUSERIE_URL: url });
  const [, botId] = await bot.line(/^ready: write to user (\d+)/);
  const writer = await createWriter(url);
  const sent = await writer.send(Number(botId), "Bonjour");
  await bot.succeeded();
  const [, answer] = await writer.conversation(botId);
  if (answer?.content !== "You said: Bonjour" || answer.reply_to !== sent.id) {
    throw new Error(`the bot answered ${JSON.stringify(answer)}`);
  }
}

async function runChat(url) {
  process.stdout.write("examples/no-framework\n");
  const chat = (name, input) =>
    start(process.execPath, ["examples/no-framework/chat.ts", name], { CAUSERIE_URL: url }, input);
  const first = chat("Ana", "Bonjour à tous\n");
  const [, userId] = await first.line(/^you are user (\d+)/);
  await first.line(/^you: Bonjour à tous$/);
  await first.succeeded();
  const second = chat("Zoe", "Bonjour Ana\n");
  await second.line(new RegExp(`^user ${userId}: Bonjour à tous$`));
  await second.line(/^you: Bonjour Ana$/);
  await second.succeeded();
}

async function runTour(url) {
  process.stdout.write("examples/rest.sh\n");
  await start("bash", ["examples/rest.sh"], { CAUSERIE_URL: url }).succeeded();
}

const dataDir = await mkdtemp(join(tmpdir(), "causerie-examples-"));
process.stdout.write("server\n");
const server = start(process.execPath, ["scripts/start.mjs"], {
  PORT: "0",
  DATA_DIR: dataDir,
  LOG_LEVEL: "error",
});
try {
  const [, url] = await server.line(/^Causerie listens on (\S+)$/);
  await runBot(url);
  await runChat(url);
  await runTour(url);
  server.child.kill("SIGTERM");
  await server.succeeded();
  process.stdout.write("Every example did what it should.\n");
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  server.child.kill("SIGKILL");
  await rm(dataDir, { recursive: true, force: true });
}
