import { cp, mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createPerson, signIn, type Person } from "../support/people.ts";
import { openTrpcFrames } from "../support/raw-trpc-socket.ts";
import { runMain } from "../support/run-main.ts";
import { startServerProcess } from "../support/server-process.ts";
import { createStorage } from "../support/storage.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";

// Each starts several processes, one after the other.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const send = (person: Person, content: string) =>
  person.call("POST", "/messages/", { receiver_id: null, content });

const contentsFor = async (person: Person) =>
  ((await (await person.call("GET", "/messages/")).json()) as { content: string }[]).map(
    (message) => message.content,
  );

/** The first item of `events.stream`: its cursor and its event. */
async function firstEvent(server: { readonly wsUrl: string }, token: string, lastEventId?: string) {
  const socket = await openTrpcFrames(server, token);
  const input = lastEventId === undefined ? {} : { lastEventId };
  socket.send({ id: 1, method: "subscription", params: { path: "events.stream", input } });
  const frame = await socket.next(
    (each) => (each["result"] as { type?: string } | undefined)?.type === "data",
  );
  socket.close();
  return (frame["result"] as { data: { id: string; data: Record<string, unknown> } }).data;
}

test("a restored backup goes into use: people sign in, and clients with newer cursors start afresh", async () => {
  await using storage = await createStorage();
  const { dataDir, env } = storage;
  const backup = join(dataDir, "copy.db");
  let jean: Person;
  let cursor: string;
  {
    await using server = await startServerProcess({}, { storage });
    jean = await createPerson(server.url);
    await send(jean, "before");
    expect((await runMain(env, ["backup", backup])).code).toBe(0);
    await send(jean, "after");
    cursor = (await firstEvent(server, jean.token)).id;
    // A restore with the server killed has a journal to deal with.
    server.kill("SIGKILL");
    await server.exited;
  }

  const restored = await runMain(env, ["restore", backup]);
  expect(restored.stderr).toMatch(/^The database that was there is in .+\/replaced-\d{8}T\d{9}Z\.$/m);
  expect(restored).toMatchObject({
    code: 0,
    stdout: "The backup is restored: start the server. Everybody has to sign in again.\n",
  });
  const aside = (await readdir(dataDir)).find((name) => name.startsWith("replaced-"))!;
  const replaced = new DatabaseSync(join(dataDir, aside, "causerie.db"));
  const kept = replaced.prepare("select content from messages order by id").all();
  replaced.close();
  expect(kept.map((row) => row["content"])).toEqual(["before", "after"]);

  await using server = await startServerProcess({}, { storage });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  // A session that was ended after the backup must not live again, so none does.
  const stale = await fetch(`${server.url}/users/me`, { headers: { authorization: `Bearer ${jean.token}` } });
  expect(stale.status).toBe(401);

  const again = await signIn(server.url, jean);
  expect(await contentsFor(again)).toEqual(["before"]);
  // The same position is given out again, for another event.
  await send(again, "another");
  const reset = await firstEvent(server, again.token, cursor);
  expect(reset.data).toEqual({ type: "reset", reason: "epoch_changed" });
  expect(reset.id.split(":")[1]).toBe(cursor.split(":")[1]);
  expect(await contentsFor(again)).toEqual(["before", "another"]);
});

describe("a restore is refused", () => {
  let server: TestServer;
  let folder: string;
  let backup: string;
  const path = (name: string) => join(folder, name);
  /** Changes a copy of the sound backup with SQL. */
  async function altered(name: string, sql: string): Promise<string> {
    await cp(backup, path(name));
    const database = new DatabaseSync(path(name));
    database.exec(sql);
    database.close();
    return path(name);
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "causerie-restore-"));
    server = await startTestServer();
    const jean = await createPerson(server.url);
    await Promise.all(Array.from({ length: 100 }, (_, n) => send(jean, `${n} ${"x".repeat(1000)}`)));
    backup = path("copy.db");
    await runMain(server.storage.env, ["backup", backup]);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  test("while a server runs, and so is a new epoch", async () => {
    for (const args of [["restore", backup], ["new-epoch"]]) {
      const { code, stderr } = await runMain(server.storage.env, args);
      expect(code).toBe(78);
      expect(stderr).toMatch(/^Another Causerie process is using the data folder .+\.$/m);
    }
  });

  test.each([
    ["there is no such file", /There is no file .+\.$/, async () => path("missing.db")],
    [
      "the file is no database",
      /is not a sound database .+: use another backup\.$/,
      async () => {
        await writeFile(path("text.db"), "x".repeat(5000));
        return path("text.db");
      },
    ],
    [
      "the database is of something else",
      /is a database, but not one of Causerie\.$/,
      () => altered("other.db", "drop table log_head"),
    ],
    [
      "the database is damaged",
      /is (damaged|not a sound database) .*: use another backup\.$/,
      async () => {
        await cp(backup, path("damaged.db"));
        const file = await open(path("damaged.db"), "r+");
        const { size } = await file.stat();
        // Beyond the schema and into the rows.
        for (let at = 30 * 4096; at < size; at += 4096) await file.write(Buffer.alloc(64, 0xff), 0, 64, at);
        await file.close();
        return path("damaged.db");
      },
    ],
    [
      "a newer version made it",
      /^The database was made by a newer version of Causerie: .+\.$/,
      () => altered("newer.db", "insert into kysely_migration values ('9999-later', '2030-01-01')"),
    ],
  ])("when %s, and the database there stays as it is", async (_why, sentence, file) => {
    const dataDir = await mkdtemp(join(tmpdir(), "causerie-restore-"));
    await cp(backup, join(dataDir, "causerie.db"));
    const { code, stdout, stderr } = await runMain({ DATA_DIR: dataDir }, ["restore", await file()]);
    expect(code).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(sentence);
    expect((await readFile(join(dataDir, "causerie.db"))).equals(await readFile(backup))).toBe(true);
    expect((await readdir(dataDir)).sort()).toEqual(["causerie.db", "causerie.lock"]);
    await rm(dataDir, { recursive: true });
  });
});

test("a new epoch resets every cursor and ends every session", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "causerie-restore-"));
  const first = await startTestServer({ DATA_DIR: dataDir });
  const jean = await createPerson(first.url);
  const { id: cursor } = await firstEvent(first, jean.token);
  await first.stop();

  expect(await runMain({ DATA_DIR: dataDir }, ["new-epoch"])).toMatchObject({ code: 0, stderr: "" });

  const second = await startTestServer({ DATA_DIR: dataDir });
  const again = await signIn(second.url, jean);
  expect((await firstEvent(second, again.token, cursor)).data).toMatchObject({ reason: "epoch_changed" });
  const refused = await fetch(`${second.url}/users/me`, {
    headers: { authorization: `Bearer ${jean.token}` },
  });
  expect(refused.status).toBe(401);
  await second.stop();
  await rm(dataDir, { recursive: true });
});
