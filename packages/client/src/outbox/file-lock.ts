import { randomUUID } from "node:crypto";
import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import process from "node:process";

/** A file that says which process may use another file. */
export interface FileLock {
  /** Rejects when another process has taken it over, as this one did not move for long. */
  check(): Promise<void>;
  release(): Promise<void>;
}

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process started: after a restart, as in a container, another may have the same number. */
  readonly started: number;
  readonly token: string;
}

/** The holder touches the file so often. */
const beatMs = 1_000;
/** Untouched for so long, it is of a process that is gone. */
const patienceMs = 6_000;
/** Within it, whoever else saw the same remains has made their move. */
const contestMs = 100;

/**
 * Takes the lock at `path`, also from a process that ended without releasing it. Rejects when the process that
 * holds it lives.
 */
export async function takeFileLock(path: string): Promise<FileLock> {
  const token = randomUUID();
  const started = Math.round(performance.timeOrigin);
  const own: Holder = { host: hostname(), pid: process.pid, started, token };
  const isOurs = async () => (await readHolder(path))?.token === token;

  for (let wasLeft = false; ;) {
    if (await create(path, JSON.stringify(own))) {
      if (wasLeft) await delay(contestMs);
      if (await isOurs()) break;
    } else {
      await waitUntilLeft(path, own);
      await rm(path, { force: true });
      wasLeft = true;
    }
  }

  const beat = setInterval(() => {
    const now = new Date();
    // If it is gone, `check` tells.
    utimes(path, now, now).catch(() => undefined);
  }, beatMs);
  beat.unref();

  return {
    async check() {
      if (!(await isOurs())) throw new Error("Another process has taken the outbox over.");
    },
    async release() {
      clearInterval(beat);
      if (await isOurs()) await rm(path, { force: true });
    },
  };
}

async function create(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Undefined also while it is being written. */
async function readHolder(path: string): Promise<Partial<Holder> | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Partial<Holder>;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Resolves when nobody holds the lock any more; rejects when somebody does. */
async function waitUntilLeft(path: string, own: Holder): Promise<void> {
  const inUse = (pid = 0) => new Error(`The outbox is in use by another process (${pid}).`);
  const holder = await readHolder(path);
  if (holder?.host === own.host && holder.pid !== undefined) {
    if (holder.pid === own.pid) {
      if (holder.started === own.started) throw inUse(holder.pid);
      return;
    }
    if (!isAlive(holder.pid)) return;
  }
  // Perhaps it lives, perhaps another process has its number, or it is on another machine: does it touch the file?
  const touched = () =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
  const before = await touched();
  for (let waited = 0; waited < patienceMs; waited += beatMs / 2) {
    const now = await touched();
    if (now === undefined) return;
    if (now !== before) throw inUse(holder?.pid);
    await delay(beatMs / 2);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
