import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Runtime } from "./runtimes.ts";

/** A program under a runtime. */
export interface Run extends AsyncDisposable {
  /** Settles with the next line that it prints; with undefined, once it is over. */
  line(): Promise<string | undefined>;
  /** Settles with the code it ends with, and what it printed as errors. */
  readonly ended: Promise<{ readonly code: number | null; readonly errors: string }>;
  isRunning(): boolean;
}

export function runProgram(
  { command, args }: Runtime,
  cwd: string,
  program: string,
  ...values: readonly string[]
): Run {
  // Not the test runner's settings, nor a look for a newer Deno.
  const { NODE_OPTIONS: _options, NODE_ENV: _mode, ...inherited } = process.env;
  const env = { ...inherited, DENO_DIR: `${cwd}/.deno`, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
  const child = spawn(command, [...args, program, ...values], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, "exit").then(([code]: (number | null)[]) => ({ code: code ?? null, errors }));
  return {
    line: async () => (await lines.next()).value,
    ended,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
