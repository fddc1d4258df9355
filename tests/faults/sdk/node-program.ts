import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Signal, StoredSession, TokenStorage } from "@causerie/client";
import { fileOutbox } from "@causerie/client/node";
import { startProgram, type Program, type ProgramOptions, type Told } from "./program.ts";

/** A line that the process is sent. */
export type Command =
  | { readonly type: "send"; readonly key: string; readonly conversation: number; readonly content: string }
  | { readonly type: "ask"; readonly id: number; readonly what: "waiting" | "shown" | "online" | "heap" }
  | { readonly type: "wake" };

/** A line that it prints. */
export type Line = Told | { readonly type: "answer"; readonly id: number; readonly value: unknown };

/** A session in a file, which is written whole or not at all. */
function fileTokens(path: string): TokenStorage {
  return {
    read() {
      try {
        return JSON.parse(readFileSync(path, "utf8")) as StoredSession;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    write(session) {
      writeFileSync(`${path}.new`, JSON.stringify(session));
      renameSync(`${path}.new`, path);
    },
    clear: () => rmSync(path, { force: true }),
  };
}

// What is printed to a pipe has left the process when this returns: it outlives a kill.
const print = (line: Line) => void process.stdout.write(`${JSON.stringify(line)}\n`);

const [folder = "", options = "{}"] = process.argv.slice(2);
const signals = new Set<(signal: Signal) => void>();
const program: Program = await startProgram(
  JSON.parse(options) as ProgramOptions,
  {
    tokens: fileTokens(join(folder, "session.json")),
    outbox: fileOutbox(join(folder, "outbox")),
    platform: {
      signals: {
        on(listener) {
          signals.add(listener);
          return () => signals.delete(listener);
        },
      },
    },
  },
  print,
);

/** What is held for good: the least of several moments, as messages go on arriving meanwhile. */
async function heap(): Promise<number> {
  let least = Infinity;
  for (let moment = 0; moment < 10; moment += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const _ of [1, 2]) globalThis.gc?.();
    least = Math.min(least, process.memoryUsage().heapUsed);
  }
  return least;
}

async function answer(what: Extract<Command, { type: "ask" }>["what"]): Promise<unknown> {
  if (what === "heap") return await heap();
  const value = await program[what]();
  return value ?? null;
}

createInterface({ input: process.stdin }).on("line", (text) => {
  const command = JSON.parse(text) as Command;
  if (command.type === "send") program.send(command.key, command.conversation, command.content);
  else if (command.type === "wake") for (const listener of signals) listener("shown");
  else void answer(command.what).then((value) => print({ type: "answer", id: command.id, value }));
});
