import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Answers, Question } from "./probe.ts";

/** A server in a process of its own. */
export interface ServerUnderTest extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Asks the probe that was loaded into it. */
  ask<Asked extends Question>(question: Asked): Promise<Answers[Asked]>;
}

export interface ServerOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
  /** Where it leaves a CPU profile of each of its threads when it ends. */
  readonly profiles?: string | undefined;
  readonly cwd?: string;
}

const startWithinMs = 60_000;
const stopWithinMs = 15_000;
const probe = new URL("probe.ts", import.meta.url).href;

/** Starts `main` and waits until it says on a line of JSON that it is listening, and where. */
export async function startServer(main: string, options: ServerOptions = {}): Promise<ServerUnderTest> {
  const { env = {}, nodeArgs = [], profiles, cwd } = options;
  const profiling = profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`];
  const { NODE_ENV: _ours, ...inherited } = process.env;
  const child = spawn(process.execPath, [...profiling, ...nodeArgs, "--import", probe, main], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const exited = once(child, "exit");
  const said: string[] = [];
  const keep = (line: string) => void (said.length < 100 && said.push(line));
  if (!child.stdout || !child.stderr) throw new Error("The server's output cannot be read.");
  createInterface({ input: child.stderr }).on("line", keep);

  let asked = 0;
  const waiting = new Map<number, (answer: unknown) => void>();
  child.on("message", ({ id, answer }: { id: number; answer: unknown }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });

  const output = child.stdout;
  const url = await new Promise<string>((found, failed) => {
    const giveUp = (why: string) => {
      child.kill("SIGKILL");
      failed(new Error(`${main}: ${why}\n${said.join("\n")}`));
    };
    const timer = setTimeout(() => giveUp("did not listen in time"), startWithinMs);
    createInterface({ input: output }).on("line", (line) => {
      keep(line);
      const listening = line.includes('"listening"') ? /"url":"([^"]+)"/.exec(line)?.[1] : undefined;
      if (listening === undefined) return;
      clearTimeout(timer);
      found(listening);
    });
    void exited.then(() => {
      clearTimeout(timer);
      giveUp("ended before it listened");
    });
  });

  return {
    url,
    port: Number(new URL(url).port),
    ask: (question) =>
      new Promise((answered, failed) => {
        asked += 1;
        waiting.set(asked, answered as (answer: unknown) => void);
        void exited.then(() => failed(new Error(`${main} ended meanwhile:\n${said.join("\n")}`)));
        child.send({ id: asked, question });
      }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
      await exited;
      clearTimeout(late);
    },
  };
}
