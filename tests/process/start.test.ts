import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runMain } from "../support/run-main.ts";
import { startServerProcess } from "../support/server-process.ts";

test("--help names every setting and starts nothing", async () => {
  const { code, stdout } = await runMain({}, ["--help"]);
  expect(code).toBe(0);
  for (const name of ["PORT", "HOST", "DATA_DIR", "JWT_SECRET", "CORS_ORIGINS", "RATE_LIMIT"]) {
    expect(stdout).toContain(name);
  }
});

test("an unknown option is refused with a sentence", async () => {
  const { code, stderr } = await runMain({}, ["--prot=1"]);
  expect(code).toBe(78);
  expect(stderr).toContain("--prot");
  expect(stderr).not.toContain("    at ");
});

test("mistakes in the configuration are one sentence each, without a stack", async () => {
  const { code, stderr } = await runMain({ PORT: "http", JWT_SECRET: "secret" });
  expect(code).toBe(78);
  expect(stderr.trim().split("\n")).toHaveLength(2);
  expect(stderr).toMatch(/^PORT must .*\.\nJWT_SECRET must .*\.$/m);
});

test("a second process on the same data folder is refused with a sentence", async () => {
  await using server = await startServerProcess();
  const { code, stderr } = await runMain({ PORT: "0", DATA_DIR: server.storage.dataDir });
  expect(code).toBe(78);
  expect(stderr).toContain("Another Causerie process");
  expect(stderr).toContain(server.storage.dataDir);
});

test("a port that is taken is named, with what to do", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const dataDir = await mkdtemp(join(tmpdir(), "causerie-test-"));
  const { code, stderr } = await runMain({ PORT: String(port), DATA_DIR: dataDir });
  other.close();
  await rm(dataDir, { recursive: true });
  expect(code).toBe(78);
  expect(stderr).toContain(`Port ${port} on 127.0.0.1 is taken`);
});

test("the generated secret is kept, readable by its owner only, and differs from folder to folder", async () => {
  await using one = await startServerProcess();
  await using other = await startServerProcess();
  const [first, second] = await Promise.all(
    [one, other].map(({ storage }) => readFile(join(storage.dataDir, "jwt-secret"), "utf8")),
  );
  expect(first).toMatch(/^[A-Za-z0-9_-]{64}$/);
  expect(first).not.toBe(second);
  expect((await stat(join(one.storage.dataDir, "jwt-secret"))).mode & 0o777).toBe(0o600);
});

test("start says where it listens, where the data is and where the docs are", async () => {
  await using server = await startServerProcess();
  const said = () => server.stderr.join("\n");
  await expect.poll(said).toContain(`${server.url}/docs`);
  expect(said()).toContain(`listens on ${server.url}`);
  expect(said()).toContain(server.storage.dataDir);
});

test.each([
  [
    "a database file that is none",
    "is not a database",
    (dir: string) => writeFile(join(dir, "causerie.db"), "x".repeat(5000)),
  ],
  ["a secret that is a folder", "cannot be read", (dir: string) => mkdir(join(dir, "jwt-secret"))],
  ["a lock that is a folder", "cannot be written", (dir: string) => mkdir(join(dir, "causerie.lock"))],
])("%s is a sentence at the start", async (_what, sentence, spoil) => {
  const dataDir = await mkdtemp(join(tmpdir(), "causerie-test-"));
  await spoil(dataDir);
  const { code, stderr } = await runMain({ PORT: "0", DATA_DIR: dataDir });
  await rm(dataDir, { recursive: true });
  expect(code).toBe(78);
  expect(stderr).toContain(sentence);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});
