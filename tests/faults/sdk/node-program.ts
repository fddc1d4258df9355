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

/** What is still held once the garbage is gone. */
async function heap(): Promise<number> {
  // What was made or looked at in a turn is held until its end.
  await new Promise(setImmediate);
  for (const _ of [1, 2]) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
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
