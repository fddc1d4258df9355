import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** A process of its own on Node, whose outbox and session are files in `folder`. */
export function createProcessHost(folder: string, hear: Hear): Host {
  let child: Child | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  let last = 0;
  const asked = new Map<number, (value: unknown) => void>();

  function tell(command: Command): void {
    child?.stdin.write(`${JSON.stringify(command)}\n`);
  }

  /** Never answered when the process is killed meanwhile. */
  function ask(what: Extract<Command, { type: "ask" }>["what"]): Promise<unknown> {
    last += 1;
    const id = last;
    tell({ type: "ask", id, what });
    return new Promise((resolve) => asked.set(id, resolve));
  }

  async function kill(): Promise<void> {
    child?.kill("SIGKILL");
    await ended;
  }

  return {
    async start(options) {
      const started: Child = spawn(process.execPath, [main, folder, JSON.stringify(options)], {
        env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "causerie-faults-compiled") },
        stdio: ["pipe", "pipe", "inherit"],
      });
      child = started;
      running.add(started);
      // A write to a process that was just killed fails: nobody waits for it.
      started.stdin.on("error", () => undefined);
      const lines = createInterface({ input: started.stdout }).on("line", (text) => {
        const line = JSON.parse(text) as Line;
        if (line.type !== "answer") return hear(line);
        asked.get(line.id)?.(line.value);
        asked.delete(line.id);
      });
      ended = Promise.all([once(started, "close"), once(lines, "close")]);
      void ended.then(() => running.delete(started));
      await Promise.race([
        ask("waiting"),
        ended.then(() => Promise.reject(new Error("The client's process ended at its start."))),
      ]);
    },
    send: (key, conversation, content) => tell({ type: "send", key, conversation, content }),
    waiting: () => ask("waiting") as Promise<number>,
    shown: () => ask("shown") as Promise<Shown[]>,
    online: async () => void (await ask("online")),
    wake: () => tell({ type: "wake" }),
    kill,
    leave: kill,
  };
}
