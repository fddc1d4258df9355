import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const builder = resolve(import.meta.dirname, "../../scripts/build-web.mjs");
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "causerie-build-"));
});
afterEach(() => rm(folder, { recursive: true }));

interface Build {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** Runs the builder as a start does. */
function startBuild(): Build {
  const child = fork(builder, [folder], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let stderr = "";
  child.stderr?.on("data", (chunk) => (stderr += String(chunk)));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, stderr }));
  return { child, ended };
}

test("two who build at once leave one app, and the next builds nothing", { timeout: 60_000 }, async () => {
  const both = [startBuild(), startBuild()];
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([
    { code: 0, stderr: "" },
    { code: 0, stderr: "" },
  ]);
  expect(await readdir(folder)).toEqual(["dist"]);
  const index = await readFile(join(folder, "dist/index.html"), "utf8");
  const [, main = ""] = /src="\/app\/(assets\/[\w-]+-[\w-]{8}\.js)"/.exec(index) ?? [];
  // React says so where it was built for development.
  expect(await readFile(join(folder, "dist", main), "utf8")).not.toContain("react.development");
  expect(await readFile(join(folder, "dist/licenses.md"), "utf8")).toContain("react");

  const { ino } = await stat(join(folder, "dist"));
  expect(await startBuild().ended).toEqual({ code: 0, stderr: "" });
  expect((await stat(join(folder, "dist"))).ino).toBe(ino);

  await writeFile(join(folder, "dist/.stamp"), "of other sources");
  expect(await startBuild().ended).toEqual({ code: 0, stderr: "" });
  expect((await stat(join(folder, "dist"))).ino).not.toBe(ino);
  expect(await readdir(folder)).toEqual(["dist"]);
});

test(
  "a build ends with the server that started it, and leaves nothing behind",
  { timeout: 60_000 },
  async () => {
    const { child, ended } = startBuild();
    await expect.poll(() => existsSync(join(folder, "dist.progress.json")), { timeout: 15_000 }).toBe(true);
    // As the system does when the other end of the channel is gone.
    child.disconnect();
    expect((await ended).code).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  },
);

test(
  "a build that fails says what to do, and leaves word of it until one succeeds",
  { timeout: 60_000 },
  async () => {
    // What cannot be read cannot be told from a build under way.
    await mkdir(join(folder, "dist.lock"));
    const { code, stderr } = await startBuild().ended;
    expect(code).toBe(1);
    expect(stderr).toContain("`pnpm build`, or the next start, tries again");
    const progress = await readFile(join(folder, "dist.progress.json"), "utf8");
    expect(JSON.parse(progress)).toMatchObject({ state: "failed" });

    await rm(join(folder, "dist.lock"), { recursive: true });
    expect(await startBuild().ended).toEqual({ code: 0, stderr: "" });
    expect(await readdir(folder)).toEqual(["dist"]);
  },
);
