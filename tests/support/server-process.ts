import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

/** A server in a process of its own, so that a test can tell whether it still lives. */
export interface ServerProcess extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `ws://127.0.0.1:<port>` */
  readonly wsUrl: string;
  readonly port: number;
  readonly dataDir: string;
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
const startWithinMs = 20_000;
const stopWithinMs = 12_000;

/**
 * Starts a server and waits until it listens. `env` adds to or, with undefined, takes from
 * what the tests give it; `nodeArgs` go before `main`, which is the source's unless given.
 */
export async function startServerProcess(
  env: Readonly<Record<string, string | undefined>> = {},
  nodeArgs: readonly string[] = [],
  main: string = sourceMain,
): Promise<ServerProcess> {
  const dataDir = env["DATA_DIR"] ?? (await mkdtemp(join(tmpdir(), "causerie-process-")));
  // Not the caller's NODE_ENV, which the test runner sets, nor its .env file.
  const { NODE_ENV: _ours, ...inherited } = process.env;
  const child = spawn(process.execPath, [...nodeArgs, main], {
    cwd: dataDir,
    env: { ...inherited, PORT: "0", RATE_LIMIT: "off", ...env, DATA_DIR: dataDir },
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
    dataDir,
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
      if (env["DATA_DIR"] === undefined) await rm(dataDir, { recursive: true, force: true });
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
