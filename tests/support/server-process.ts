import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { createStorage, type Storage } from "./storage.ts";

/** A server in a process of its own, so that a test can tell whether it still lives. */
export interface ServerProcess extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `ws://127.0.0.1:<port>` */
  readonly wsUrl: string;
  readonly port: number;
  readonly storage: Storage;
  readonly pid: number;
  /** What it printed on standard output so far, one JSON log line each. */
  readonly stdout: readonly string[];
  /** What it printed on standard error so far. */
  readonly stderr: readonly string[];
  /** Settles when the process is gone, with its exit code or the signal that ended it. */
  readonly exited: Promise<ServerExit>;
  isAlive(): boolean;
  /** Sends a signal; SIGTERM unless given. */
  kill(signal?: NodeJS.Signals): void;
  /** Resident memory in bytes, as the kernel counts it (Linux only). */
  residentBytes(): Promise<number>;
}

export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const sourceMain = resolve(import.meta.dirname, "../../packages/server/src/main.ts");
// A machine under load starts a server and a PostgreSQL database slowly.
const startWithinMs = 60_000;
const stopWithinMs = 12_000;

export interface ServerProcessOptions {
  /** Where it keeps its data, to be shared with another server; a storage of its own unless given. */
  readonly storage?: Storage;
  /** Arguments of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** The file to run; the source's unless given. */
  readonly main?: string;
}

/**
 * Starts a server on the project's engine and waits until it listens. `env` adds to or, with
 * undefined, takes from what the tests give it.
 */
export async function startServerProcess(
  env: Readonly<Record<string, string | undefined>> = {},
  { storage: given, nodeArgs = [], main = sourceMain }: ServerProcessOptions = {},
): Promise<ServerProcess> {
  const storage = given ?? (await createStorage());
  // Not the caller's NODE_ENV, which the test runner sets, nor its .env file.
  const { NODE_ENV: _ours, ...inherited } = process.env;
  const child = spawn(process.execPath, [...nodeArgs, main], {
    cwd: storage.dataDir,
    env: { ...inherited, PORT: "0", RATE_LIMIT: "off", ...storage.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stdout: string[] = [];
  const stderr: string[] = [];
  const exited = once(child, "exit").then(([code, signal]): ServerExit => ({ code, signal }));
  createInterface({ input: child.stderr }).on("line", (line) => stderr.push(line));

  const url = await new Promise<string>((found, failed) => {
    const giveUp = (why: string) => {
      child.kill("SIGKILL");
      failed(new Error(`${why}\n${stdout.join("\n")}\n${stderr.join("\n")}`));
    };
    const timer = setTimeout(
      () => giveUp(`The server did not listen within ${startWithinMs} ms.`),
      startWithinMs,
    );
    createInterface({ input: child.stdout }).on("line", (line) => {
      stdout.push(line);
      const listening = urlIn(line);
      if (listening === undefined) return;
      clearTimeout(timer);
      found(listening);
    });
    void exited.then(({ code }) => {
      clearTimeout(timer);
      giveUp(`The server exited with ${code} before it listened.`);
    });
  });

  return {
    url,
    wsUrl: url.replace("http", "ws"),
    port: Number(new URL(url).port),
    storage,
    pid: child.pid as number,
    stdout,
    stderr,
    exited,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    kill: (signal = "SIGTERM") => void child.kill(signal),
    async residentBytes() {
      const status = await readFile(`/proc/${child.pid}/status`, "utf8");
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
      await exited;
      clearTimeout(late);
      if (!given) await storage[Symbol.asyncDispose]();
    },
  };
}

function urlIn(line: string): string | undefined {
  try {
    const entry = JSON.parse(line) as { msg?: unknown; url?: unknown };
    return entry.msg === "listening" && typeof entry.url === "string" ? entry.url : undefined;
  } catch {
    return undefined;
  }
}
