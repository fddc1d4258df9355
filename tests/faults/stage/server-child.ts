import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

const main = resolve(import.meta.dirname, "../../../packages/server/src/main.ts");
/** Only so that a run ends: how long a start takes is measured, and on a busy machine says little of the server. */
const startWithinMs = 180_000;
const shown = 30;

/** A real server that is killed and started again on one port and one data folder. */
export interface ServerChild extends AsyncDisposable {
  readonly url: string;
  readonly wsUrl: string;
  readonly port: number;
  /** Starts it, and waits until it listens. Returns how many milliseconds that took. */
  start(env?: Readonly<Record<string, string>>): Promise<number>;
  /** Starts it and waits for nothing. */
  launch(env?: Readonly<Record<string, string>>): void;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Asks it to stop, and waits until it did. */
  stop(): Promise<void>;
  isAlive(): boolean;
  /** How often it ended without being told to, with its last words. */
  readonly exits: readonly string[];
  /** Resident memory in bytes (Linux only). */
  residentBytes(): Promise<number>;
}

/** Those that run: should this process end without a word, they end too. */
const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** Prepares a server on a free port; nothing runs before `start`. */
export async function createServerChild(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<ServerChild> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const exits: string[] = [];
  let child: ChildProcess | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  let wanted = true;
  let listening: Promise<void> = Promise.resolve();

  function launch(env: Readonly<Record<string, string>> = {}): void {
    const { NODE_ENV: _ours, ...inherited } = process.env;
    const started = spawn(process.execPath, [main], {
      cwd: dataDir,
      env: {
        ...inherited,
        DATA_DIR: dataDir,
        PORT: String(port),
        RATE_LIMIT: "off",
        ...settings,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const words: string[] = [];
    const hear = (line: string) => {
      words.push(line);
      if (words.length > shown) words.shift();
    };
    wanted = false;
    child = started;
    running.add(started);
    ended = once(started, "exit");
    void ended.then(() => {
      running.delete(started);
      if (!wanted) exits.push(`code ${started.exitCode}, signal ${started.signalCode}: ${words.join("\n")}`);
    });
    createInterface({ input: started.stderr }).on("line", hear);
    listening = new Promise((done, failed) => {
      createInterface({ input: started.stdout }).on("line", (line) => {
        hear(line);
        if (line.includes('"listening"')) done();
      });
      void ended.then(() => failed(new Error(`The server ended before it listened: ${words.join("\n")}`)));
    });
    // Who only launches it does not wait for it.
    listening.catch(() => undefined);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    wanted = true;
    if (isAlive()) child?.kill(signal);
    await ended;
  }

  const isAlive = () => child?.exitCode === null && child.signalCode === null;

  return {
    url,
    wsUrl: url.replace("http", "ws"),
    port,
    exits,
    launch,
    isAlive,
    async start(env) {
      const began = performance.now();
      launch(env);
      const late = setTimeout(() => child?.kill("SIGKILL"), startWithinMs);
      await listening.finally(() => clearTimeout(late));
      return Math.round(performance.now() - began);
    },
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    async residentBytes() {
      const status = await readFile(`/proc/${child?.pid}/status`, "utf8");
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
    },
    [Symbol.asyncDispose]: () => end("SIGKILL"),
  };
}

let tried = process.pid;

/**
 * A port that no client is given as its own: while the server is down, one that connects to a
 * port of that range again and again can end up connected to itself.
 */
async function freePort(): Promise<number> {
  for (;;) {
    tried += 7;
    const port = 20_000 + (tried % 10_000);
    const probe = createServer().listen(port, "127.0.0.1");
    const free = await once(probe, "listening").then(
      () => true,
      () => false,
    );
    if (!free) continue;
    probe.close();
    await once(probe, "close");
    return port;
  }
}
