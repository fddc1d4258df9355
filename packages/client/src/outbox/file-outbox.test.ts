import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fileOutbox } from "../node.ts";
import type { OutboxItem, OutboxStorage } from "./outbox.ts";

const user = { server: "https://chat.example", userId: 1 };
let folder: string;
let path: string;
const open: OutboxStorage[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "causerie-outbox-"));
  path = join(folder, "deep", "outbox.jsonl");
});
afterEach(async () => {
  for (const storage of open.splice(0)) await storage.close?.();
  await rm(folder, { recursive: true });
});

function fileAt(): OutboxStorage {
  const storage = fileOutbox(path);
  open.push(storage);
  return storage;
}

function item(id: string, changes: Partial<OutboxItem> = {}): OutboxItem {
  const input = { conversation_id: 1, content: `${id} é 😀\n` };
  return {
    ...{ clientMessageId: id, userId: 1, input, order: 1, createdAt: Date.now(), state: "queued" },
    ...{ version: 0, attempts: 0, faults: 0, lastError: null },
    ...changes,
  };
}
const idsOf = (items: readonly OutboxItem[]) => items.map(({ clientMessageId }) => clientMessageId);

test("what was put is there after a restart as it was put last, and what was removed is not", async () => {
  const before = fileAt();
  expect(await before.load(user)).toEqual([]);
  await before.put(user, item("a"));
  await before.put(user, item("b"));
  await before.put(user, item("a", { attempts: 1 }));
  await before.remove(user, "b");
  expect(await before.load(user)).toEqual([item("a", { attempts: 1, createdAt: expect.any(Number) })]);
  await before.close?.();
  expect(await fileAt().load(user)).toEqual([item("a", { attempts: 1, createdAt: expect.any(Number) })]);
});

test("users and servers are apart", async () => {
  const storage = fileAt();
  await storage.put(user, item("a"));
  expect(await storage.load({ ...user, userId: 2 })).toEqual([]);
  expect(await storage.load({ ...user, server: "https://other.example" })).toEqual([]);
  await storage.remove({ ...user, userId: 2 }, "a");
  expect(idsOf(await storage.load(user))).toEqual(["a"]);
});

test("what others left more than a week ago is deleted, one's own is not", async () => {
  const storage = fileAt();
  const old = Date.now() - 8 * 24 * 60 * 60_000;
  const other = { ...user, userId: 2 };
  await storage.put(user, item("mine", { createdAt: old }));
  await storage.put(other, item("old", { createdAt: old }));
  await storage.put(other, item("new"));
  expect(idsOf(await storage.load(user))).toEqual(["mine"]);
  expect(idsOf(await storage.load(other))).toEqual(["new"]);
});

test("the file is its owner's alone", async () => {
  await fileAt().put(user, item("a"));
  expect((await stat(path)).mode & 0o077).toBe(0);
});

test("a line that a crash has torn is forgotten, and what follows is whole", async () => {
  const before = fileAt();
  await before.put(user, item("a"));
  await before.close?.();
  await appendFile(path, JSON.stringify({ user, item: item("torn") }).slice(0, -20));
  const after = fileAt();
  expect(idsOf(await after.load(user))).toEqual(["a"]);
  await after.put(user, item("b"));
  await after.close?.();
  expect(idsOf(await fileAt().load(user))).toEqual(["a", "b"]);
});

test("a file of something else is left alone", async () => {
  path = join(folder, "notes.txt");
  await writeFile(path, "my notes\n");
  await expect(fileAt().put(user, item("a"))).rejects.toThrow("not an outbox");
  expect(await readFile(path, "utf8")).toBe("my notes\n");
});

test("the file does not grow with the messages that pass", async () => {
  const storage = fileAt();
  await storage.put(user, item("stays"));
  for (let n = 0; n < 10; n += 1) {
    await Promise.all(Array.from({ length: 300 }, (_, m) => storage.put(user, item(`${n}-${m}`))));
    await Promise.all(Array.from({ length: 300 }, (_, m) => storage.remove(user, `${n}-${m}`)));
  }
  expect((await readFile(path, "utf8")).split("\n").length).toBeLessThan(2_500);
  await storage.close?.();
  expect(idsOf(await fileAt().load(user))).toEqual(["stays"]);
});

test("a second outbox on the same file is refused while the first is open, and the first goes on", async () => {
  const first = fileAt();
  await first.put(user, item("a"));
  await expect(fileAt().load(user)).rejects.toThrow("in use");
  await first.put(user, item("b"));
  await first.close?.();
  expect(idsOf(await fileAt().load(user))).toEqual(["a", "b"]);
});

test("a write that fails is told, and the next one finds a whole file", async () => {
  const storage = fileAt();
  await storage.put(user, item("a"));
  // A value that JSON cannot hold.
  const loop: { self?: unknown } = {};
  loop.self = loop;
  await expect(storage.put(user, { ...item("bad"), lastError: loop as never })).rejects.toThrow();
  await storage.put(user, item("b"));
  expect(idsOf(await storage.load(user))).toEqual(["a", "b"]);
});

test.skipIf(process.platform !== "linux")("a full disk is told", async () => {
  path = join(folder, "outbox");
  const storage = fileAt();
  await storage.put(user, item("a"));
  await storage.close?.();
  await symlink("/dev/full", `${path}.new`);
  await expect(fileAt().load(user)).rejects.toThrow("ENOSPC");
  await rm(`${path}.new`);
  expect(idsOf(await fileAt().load(user))).toEqual(["a"]);
});

/** A process that puts items into the file one after another, and prints each when it is durable. */
function startWriter(name: string) {
  const script = `
    import { fileOutbox } from ${JSON.stringify(join(import.meta.dirname, "file-outbox.ts"))};
    const storage = fileOutbox(process.argv[1]);
    const base = ${JSON.stringify(item(""))};
    for (let n = 0; n < 1e6; n += 1) {
      const ids = [0, 1, 2].map((m) => process.argv[2] + "-" + n + "-" + m);
      await Promise.all(ids.map((id) => storage.put(${JSON.stringify(user)}, { ...base, clientMessageId: id })));
      process.stdout.write(ids.join("\\n") + "\\n");
    }`;
  const args = ["--input-type=module-typescript", "--no-warnings", "-e", script, path, name];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  return {
    child,
    printed: () => printed.split("\n").slice(0, -1),
    async untilPrinted(count: number) {
      while (printed.split("\n").length <= count) await once(child.stdout, "data");
    },
  };
}

test(
  "after kill -9 in the middle of writing nothing is lost that was said to be durable",
  { timeout: 60_000 },
  async () => {
    const durable: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const writer = startWriter(`round ${round}`);
      const exited = once(writer.child, "exit");
      await writer.untilPrinted(30 + round * 11);
      writer.child.kill("SIGKILL");
      await exited;
      durable.push(...writer.printed());
      const storage = fileOutbox(path);
      const ids = new Set(idsOf(await storage.load(user)));
      expect(durable.filter((id) => !ids.has(id))).toEqual([]);
      await storage.close?.();
    }
  },
);

test(
  "the file of a process that lives is refused; when it is killed, it is taken over at once",
  { timeout: 60_000 },
  async () => {
    const writer = startWriter("alive");
    const exited = once(writer.child, "exit");
    await writer.untilPrinted(3);
    await expect(fileAt().load(user)).rejects.toThrow("in use");
    writer.child.kill("SIGKILL");
    await exited;
    const start = Date.now();
    expect((await fileAt().load(user)).length).toBeGreaterThanOrEqual(3);
    expect(Date.now() - start).toBeLessThan(1_000);
  },
);

test(
  "a lock of another machine, or whose number another process has now, is taken over when nobody touches it",
  { timeout: 60_000 },
  async () => {
    const holders = [
      { host: "elsewhere.example", pid: 1, started: 1, token: "x" },
      { host: hostname(), pid: process.ppid, started: 1, token: "x" },
    ];
    await fileAt().put(user, item("a"));
    await open.pop()?.close?.();
    await Promise.all(
      holders.map(async (holder, n) => {
        const other = join(folder, `outbox ${n}`);
        await writeFile(`${other}.lock`, JSON.stringify(holder));
        const storage = fileOutbox(other);
        open.push(storage);
        await storage.put(user, item("a"));
      }),
    );
  },
);

test("a lock that is touched is respected, whoever holds it", { timeout: 60_000 }, async () => {
  await fileAt().put(user, item("a"));
  await open.pop()?.close?.();
  await writeFile(
    `${path}.lock`,
    JSON.stringify({ host: "elsewhere.example", pid: 1, started: 1, token: "x" }),
  );
  const touching = setInterval(() => void utimes(`${path}.lock`, new Date(), new Date()), 300);
  await expect(fileAt().load(user)).rejects.toThrow("in use");
  clearInterval(touching);
  await rm(`${path}.lock`);
});

test("a lock left by an earlier process of the same number, as in a container, is taken over at once", async () => {
  await fileAt().put(user, item("a"));
  await open.pop()?.close?.();
  const holder = { host: hostname(), pid: process.pid, started: 1, token: "x" };
  await writeFile(`${path}.lock`, JSON.stringify(holder));
  const start = Date.now();
  expect(idsOf(await fileAt().load(user))).toEqual(["a"]);
  expect(Date.now() - start).toBeLessThan(1_000);
});

test("of many that find a lock left behind one gets it", { timeout: 60_000 }, async () => {
  await fileAt().put(user, item("a"));
  await open.pop()?.close?.();
  const holder = { host: hostname(), pid: process.pid, started: 1, token: "x" };
  await writeFile(`${path}.lock`, JSON.stringify(holder));
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => fileAt().load(user)));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a process that slept while another took the file over writes nothing any more", async () => {
  const asleep = fileAt();
  await asleep.put(user, item("a"));
  const taken = { host: "elsewhere.example", pid: 1, started: 1, token: "x" };
  await writeFile(`${path}.lock`, JSON.stringify(taken));
  await expect(asleep.put(user, item("late"))).rejects.toThrow("taken the outbox over");
  expect(await readFile(path, "utf8")).not.toContain("late");
  await rm(`${path}.lock`);
});
