import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createPerson } from "../support/people.ts";
import { runMain } from "../support/run-main.ts";
import { startServerProcess } from "../support/server-process.ts";

// Each starts several processes, one after the other.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "causerie-backup-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** What a backup holds, read as any SQLite program would. */
function read(path: string) {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = database.prepare("select content, seq from messages order by seq").all();
    return {
      integrity: database.prepare("pragma integrity_check").all(),
      contents: rows.map((row) => row["content"] as string),
      seqs: rows.map((row) => row["seq"] as number),
    };
  } finally {
    database.close();
  }
}

test("a backup taken while 50 writers send holds every message acknowledged before it began", async () => {
  await using server = await startServerProcess();
  const jean = await createPerson(server.url);
  const acknowledged = new Set<string>();
  let writing = true;
  const writers = Array.from({ length: 50 }, async (_, writer) => {
    for (let n = 0; writing; n += 1) {
      const content = `writer ${writer}, message ${n}`;
      const answer = await jean.call("POST", "/messages/", { receiver_id: jean.id, content });
      if (answer.status === 201) acknowledged.add(content);
    }
  });
  await expect.poll(() => acknowledged.size, { timeout: 15_000 }).toBeGreaterThan(200);

  const before = [...acknowledged];
  const target = join(folder, "copy.db");
  const backup = await runMain(server.storage.env, ["backup", target]);
  const during = acknowledged.size - before.length;
  writing = false;
  await Promise.all(writers);

  expect(backup.stderr).toContain("The backup is complete");
  expect(backup).toMatchObject({ code: 0, stdout: `${target}\n` });
  // The server went on while the copy was made, and goes on.
  expect(during).toBeGreaterThan(0);
  expect((await jean.call("GET", "/users/me")).status).toBe(200);

  const { integrity, contents, seqs } = read(target);
  expect(integrity).toEqual([{ integrity_check: "ok" }]);
  expect(contents).toEqual(expect.arrayContaining(before));
  // One moment: nothing is missing between what it holds.
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
});

test("without a name it goes into the data folder, for its owner only and without the secret", async () => {
  await using server = await startServerProcess();
  const jean = await createPerson(server.url);
  await jean.call("POST", "/messages/", { receiver_id: null, content: "kept" });
  const erased = "a text that was erased";
  const sent = await jean.call("POST", "/messages/", { receiver_id: null, content: erased });
  await jean.call("DELETE", `/messages/${((await sent.json()) as { id: number }).id}`);

  const { code, stdout, stderr } = await runMain(server.storage.env, ["backup"]);
  expect(code).toBe(0);
  const path = stdout.trim();
  expect(path).toMatch(/\/backups\/causerie-\d{8}T\d{9}Z\.db$/);
  expect(await readdir(join(server.storage.dataDir, "backups"))).toEqual([path.split("/").at(-1)]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(server.storage.dataDir, "backups"))).mode & 0o777).toBe(0o700);
  expect(read(path).contents).toContain("kept");

  expect(stderr).toContain("The secret of the tokens is not in it.");
  const bytes = await readFile(path, "latin1");
  expect(bytes).not.toContain(await readFile(join(server.storage.dataDir, "jwt-secret"), "utf8"));
  expect(bytes).not.toContain(erased);
});

test("nothing is overwritten, and a failed backup leaves nothing behind", async () => {
  await using server = await startServerProcess();
  const backup = (file: string) => runMain(server.storage.env, ["backup", file]);
  const target = join(folder, "copy.db");
  expect((await backup(target)).code).toBe(0);
  const first = await readFile(target);

  const second = await backup(target);
  expect(second).toMatchObject({ code: 1, stdout: "" });
  expect(second.stderr).toBe(`${target} exists already, and is not overwritten: name another file.\n`);
  expect((await readFile(target)).equals(first)).toBe(true);

  const lost = await backup(join(folder, "missing", "copy.db"));
  expect(lost.code).toBe(1);
  expect(lost.stderr).toMatch(/cannot be written \(ENOENT\): name another file\.\n$/);

  const empty = join(folder, "empty");
  await mkdir(empty);
  const nothing = await runMain({ DATA_DIR: empty }, ["backup", join(folder, "other.db")]);
  expect(nothing).toMatchObject({ code: 1, stdout: "" });
  expect(await readdir(folder)).toEqual(["copy.db", "empty"]);
});

test("where the data is in PostgreSQL, backup and restore name its own programs", async () => {
  const env = { DATA_DIR: folder, DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" };
  const backup = await runMain(env, ["backup"]);
  expect(backup.code).toBe(78);
  expect(backup.stderr).toContain("pg_dump");
  const restore = await runMain(env, ["restore", "some.dump"]);
  expect(restore.code).toBe(78);
  expect(restore.stderr).toMatch(/pg_restore.*causerie new-epoch/);
});
