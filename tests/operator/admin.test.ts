import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { createPerson } from "../support/people.ts";
import { runMain } from "../support/run-main.ts";
import { startTestServer } from "../support/test-server.ts";

// Each starts several processes, one after the other.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

test("an administrator is made and unmade while the server runs, and every answer is a sentence", async () => {
  await using server = await startTestServer({ BROADCAST: "admins" });
  const jean = await createPerson(server.url, "Jean Dupont");
  const admin = (...args: string[]) => runMain(server.storage.env, ["admin", ...args]);
  const broadcast = async () => (await jean.call("POST", "/users/broadcast", { message: "hello" })).status;

  expect(await admin("list")).toMatchObject({ code: 0, stdout: "" });
  expect(await broadcast()).toBe(403);

  // Addresses are compared as they are at sign-in.
  const email = jean.email.toUpperCase();
  expect(await admin("add", email)).toEqual({
    code: 0,
    stdout: `${email} is an administrator now.\n`,
    stderr: "",
  });
  expect(await broadcast()).toBe(200);
  expect((await admin("add", jean.email)).stdout).toBe(`${jean.email} is an administrator already.\n`);
  expect(await admin("list")).toEqual({
    code: 0,
    stdout: `${jean.id}\tJean Dupont\t${jean.email}\n`,
    stderr: "",
  });

  expect((await admin("remove", jean.email)).stdout).toBe(`${jean.email} is no longer an administrator.\n`);
  expect(await broadcast()).toBe(403);
  expect((await admin("remove", jean.email)).stdout).toBe(`${jean.email} is not an administrator.\n`);
});

test("while others write all the time, the command succeeds and not one of their writes fails", async () => {
  await using server = await startTestServer();
  const jean = await createPerson(server.url);
  const statuses = new Set<number>();
  let writing = true;
  const writers = Array.from({ length: 20 }, async () => {
    while (writing) {
      const sent = await jean.call("POST", "/messages/", { receiver_id: jean.id, content: "again" });
      statuses.add(sent.status);
    }
  });
  const { code } = await runMain(server.storage.env, ["admin", "add", jean.email]);
  writing = false;
  await Promise.all(writers);
  expect(code).toBe(0);
  expect([...statuses]).toEqual([201]);
});

test("an unknown address, a folder without a database and a wrong command are refused with a sentence", async () => {
  await using server = await startTestServer();
  expect(await runMain(server.storage.env, ["admin", "add", "nobody@example.com"])).toEqual({
    code: 1,
    stdout: "",
    stderr: "Nobody is registered with the e-mail address nobody@example.com.\n",
  });

  const empty = await mkdtemp(join(tmpdir(), "causerie-test-"));
  const nowhere = await runMain({ DATA_DIR: empty }, ["admin", "list"]);
  await rm(empty, { recursive: true });
  expect(nowhere).toMatchObject({ code: 78, stdout: "" });
  expect(nowhere.stderr).toMatch(/^There is no database in .+: start the server there once, .+\.\n$/);

  const misspelt = await runMain({}, ["bakcup"]);
  expect(misspelt).toMatchObject({ code: 78, stdout: "" });
  expect(misspelt.stderr).toContain("unknown command 'bakcup'");
});
