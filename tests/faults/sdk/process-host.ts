import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Hear, Host } from "./host.ts";
import type { Command, Line } from "./node-program.ts";
import type { Shown } from "./program.ts";

const main = fileURLToPath(new URL("node-program.ts", import.meta.url));

type Child = ChildProcessByStdio<Writable, Readable, null>;
const running = new Set<Child>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

export interface ProcessHost extends Host {
  /** Bytes of its heap that are in use once the garbage was collected. */
  heap(): Promise<number>;
}

/** A process of its own on Node, whose outbox and session are files in `folder`. */
export function createProcessHost(folder: string, hear: Hear): ProcessHost {
  let child: Child | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  let last = 0;
  let isKilled = false;
  const asked = new Map<number, PromiseWithResolvers<unknown>>();

  function tell(command: Command): void {
    child?.stdin.write(`${JSON.stringify(command)}\n`);
  }

  function ask(what: Extract<Command, { type: "ask" }>["what"]): Promise<unknown> {
    last += 1;
    const id = last;
    tell({ type: "ask", id, what });
    const answer = Promise.withResolvers<unknown>();
    asked.set(id, answer);
    return answer.promise;
  }

  async function kill(): Promise<void> {
    isKilled = true;
    child?.kill("SIGKILL");
    await ended;
  }

  return {
    async start(options) {
      const started: Child = spawn(process.execPath, ["--expose-gc", main, folder, JSON.stringify(options)], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      child = started;
      running.add(started);
      // A write to a process that was just killed fails: nobody waits for it.
      started.stdin.on("error", () => undefined);
      const lines = createInterface({ input: started.stdout }).on("line", (text) => {
        const line = JSON.parse(text) as Line;
        if (line.type !== "answer") return hear(line);
        asked.get(line.id)?.resolve(line.value);
        asked.delete(line.id);
      });
      ended = Promise.all([once(started, "close"), once(lines, "close")]);
      isKilled = false;
      void ended.then(() => {
        running.delete(started);
        const why = `the process ended with code ${started.exitCode}, signal ${started.signalCode}`;
        if (!isKilled) hear({ type: "fault", what: why });
        for (const answer of asked.values()) answer.reject(new Error(why));
        asked.clear();
      });
      await ask("waiting");
    },
    send: (key, conversation, content) => tell({ type: "send", key, conversation, content }),
    waiting: () => ask("waiting") as Promise<number>,
    shown: () => ask("shown") as Promise<Shown[]>,
    online: async () => void (await ask("online")),
    heap: () => ask("heap") as Promise<number>,
    wake: () => tell({ type: "wake" }),
    kill,
    leave: kill,
  };
}
