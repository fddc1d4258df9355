import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { startBots } from "./bots.ts";
import { cast, emailOf, password, visitor } from "./cast.ts";
import { isSeeded, seed } from "./seed.ts";

const help = `Starts Causerie with people and conversations in it, some of whom go on talking.

  pnpm demo             uses what an earlier demonstration left
  pnpm demo --fresh     begins anew

PORT and HOST say where it listens, as for the server. Its data is in ./data-demo, or where
DATA_DIR says: a folder that is the demonstration's alone, since --fresh deletes it.
`;

const { values: options } = parseArgs({
  options: {
    fresh: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
const say = (text: string) => process.stdout.write(`${text}\n`);

async function run(): Promise<void> {
  const dataDir = resolve(process.env["DATA_DIR"] ?? "data-demo");
  if (options.fresh || !isSeeded(dataDir)) {
    say(`Writing the demonstration's past to ${dataDir}`);
    await seed(dataDir, (step) => say(`  ${step}`));
  }
  const start = join(import.meta.dirname, "..", "start.mjs");
  const server = spawn(process.execPath, [start], {
    env: { ...process.env, DATA_DIR: dataDir, LOG_LEVEL: process.env["LOG_LEVEL"] ?? "warn" },
    stdio: ["ignore", "inherit", "pipe"],
  });
  const ended = once(server, "exit");
  const url = await listening(server.stderr);
  if (url === undefined) {
    const [code] = (await ended) as [number | null];
    process.exitCode = code ?? 1;
    return;
  }
  const bots = await startBots(url, Math.random);
  say(`\nOpen ${url}/ and sign in as ${cast[visitor]}:`);
  say(
    `  e-mail    ${emailOf(visitor)}\n  password  ${password}\nThe others have the same password. Ctrl+C stops it.`,
  );

  const stop = () => {
    // Of a terminal the server hears it itself; a second one would cut its stop short.
    void bots.stop().finally(() => process.stdin.isTTY || server.kill("SIGTERM"));
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const [code] = (await ended) as [number | null];
  await bots.stop();
  process.exitCode = code ?? 0;
}

/** Shows what the server says, and waits for where it listens; undefined when it ends without. */
function listening(output: NodeJS.ReadableStream): Promise<string | undefined> {
  const lines = createInterface({ input: output });
  return new Promise((resolve) => {
    lines.on("line", (line) => {
      process.stderr.write(`${line}\n`);
      const [, url] = /^Causerie listens on (\S+)$/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
    lines.on("close", () => resolve(undefined));
  });
}

if (options.help) say(help);
else await run();
