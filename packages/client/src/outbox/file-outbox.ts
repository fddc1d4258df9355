import { mkdir, open, readFile, rename, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import { takeFileLock, type FileLock } from "./file-lock.ts";
import type { OutboxItem, OutboxStorage, OutboxUser } from "./outbox.ts";

/** A line of the file. */
type Line = { readonly user: OutboxUser } & ({ readonly item: OutboxItem } | { readonly removed: string });

interface OpenFile {
  readonly lock: FileLock;
  handle: FileHandle;
  /** How many lines it has. */
  lines: number;
  readonly records: Map<string, { readonly user: OutboxUser; readonly item: OutboxItem }>;
}

interface Job {
  /** What is written for it; then it is done. */
  readonly line: Line | undefined;
  readonly text: string;
  done(file: OpenFile): void;
  failed(error: unknown): void;
}

/** The first line: a file that has another one is not ours to rewrite. */
const header = '{"causerie_outbox":1}';
const weekMs = 7 * 24 * 60 * 60_000;
/** A file has at most so many lines more than it has to, and twice as many. */
const slack = 1_000;
/** After an open that failed, the next one is tried so much later: another process may hold the file for long. */
const pauseMs = 30_000;

/**
 * Keeps items in the file at `path`, for programs on Node: a line is added for each change, and synced. A crash
 * leaves at most a last line that is torn, and is forgotten. One process at a time may use it; in others its
 * promises reject, and their outbox is in memory only. It is readable for its owner only, as it holds messages.
 */
export function fileOutbox(path: string): OutboxStorage {
  let opened: Promise<OpenFile> | undefined;
  let jobs: Job[] = [];
  let working: Promise<void> | undefined;

  async function openFile(): Promise<OpenFile> {
    await mkdir(dirname(path), { recursive: true });
    const lock = await takeFileLock(`${path}.lock`);
    try {
      const records = replay(await readText(path));
      return { lock, records, ...(await rewrite(path, records)) };
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  function getFile(): Promise<OpenFile> {
    if (!opened) {
      const attempt = (opened = openFile());
      attempt.catch(() => {
        const retry = setTimeout(() => {
          if (opened === attempt) opened = undefined;
        }, pauseMs);
        retry.unref();
      });
    }
    return opened;
  }

  async function letGo(file: OpenFile): Promise<void> {
    opened = undefined;
    try {
      await file.handle.close();
    } finally {
      await file.lock.release();
    }
  }

  /** Does all jobs there are with one sync, then those that came meanwhile. */
  async function work(): Promise<void> {
    while (jobs.length > 0) {
      const batch = jobs;
      jobs = [];
      let file: OpenFile | undefined;
      try {
        file = await getFile();
        const lines = batch.flatMap(({ line }) => line ?? []);
        const text = batch.map((job) => job.text).join("");
        if (lines.length > 0) {
          await file.lock.check();
          await file.handle.appendFile(text);
          await file.handle.datasync();
          for (const line of lines) apply(file.records, line);
          file.lines += lines.length;
        }
        for (const job of batch) job.done(file);
        if (file.lines > 2 * file.records.size + slack) {
          await file.lock.check();
          await file.handle.close();
          Object.assign(file, await rewrite(path, file.records));
        }
      } catch (error) {
        for (const job of batch) job.failed(error);
        // What it holds now is not known: it is read again for the next job.
        if (file) await letGo(file).catch(() => undefined);
      }
    }
    working = undefined;
  }

  function run<Result>(line: Line | undefined, result: (file: OpenFile) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const text = line ? `${JSON.stringify(line)}\n` : "";
      jobs.push({ line, text, done: (file) => resolve(result(file)), failed: reject });
      working ??= work();
    });
  }

  const remove = (user: OutboxUser, id: string) => run({ user, removed: id }, () => undefined);

  return {
    isShared: false,
    async load(user) {
      const all = await run(undefined, ({ records }) => [...records.values()]);
      const isOwn = (one: OutboxUser) => keyOf(one, "") === keyOf(user, "");
      const stale = all.filter(({ user: one, item }) => !isOwn(one) && item.createdAt < Date.now() - weekMs);
      await Promise.all(stale.map(({ user: one, item }) => remove(one, item.clientMessageId)));
      return all.filter((record) => isOwn(record.user)).map(({ item }) => item);
    },
    put: (user, item) => run({ user, item }, () => undefined),
    remove,
    async close() {
      await working;
      const file = await opened?.catch(() => undefined);
      opened = undefined;
      if (file) await letGo(file);
    },
  };
}

function keyOf({ server, userId }: OutboxUser, id: string): string {
  return JSON.stringify([server, userId, id]);
}

function apply(records: OpenFile["records"], line: Line): void {
  if ("item" in line) records.set(keyOf(line.user, line.item.clientMessageId), line);
  else records.delete(keyOf(line.user, line.removed));
}

/** What holds after all lines of `text`. One that is torn says nothing. */
function replay(text: string): OpenFile["records"] {
  const records: OpenFile["records"] = new Map();
  const [first, ...lines] = text.split("\n");
  if (first && first !== header) throw new Error("The file is not an outbox of this version.");
  for (const json of lines) {
    try {
      if (json) apply(records, JSON.parse(json) as Line);
    } catch {
      continue;
    }
  }
  return records;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** Writes a file of just these records, and puts it in the place of the one at `path` when it is durable. */
async function rewrite(
  path: string,
  records: OpenFile["records"],
): Promise<Pick<OpenFile, "handle" | "lines">> {
  const fresh = `${path}.new`;
  const handle = await open(fresh, "w", 0o600);
  try {
    const lines = [...records.values()].map(({ user, item }) =>
      JSON.stringify({ user, item } satisfies Line),
    );
    await handle.appendFile([header, ...lines, ""].join("\n"));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, path);
  await syncFolder(dirname(path));
  return { handle: await open(path, "a"), lines: records.size };
}

/** Makes a rename durable. Windows has no such thing, and does not need it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
