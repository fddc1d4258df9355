import { execFile } from "node:child_process";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installPacked, type PackedProject } from "../support/install-packed.ts";
import { createPerson } from "../support/people.ts";
import { startServerProcess } from "../support/server-process.ts";
import { packageFaults } from "./package-faults.ts";

const run = promisify(execFile);

let project: PackedProject;
let installed: string;

// It builds, packs and asks the registry for everything that the server depends on.
beforeAll(async () => {
  project = await installPacked("server");
  installed = join(project.folder, "node_modules/@causerie/server");
}, 300_000);

afterAll(() => project[Symbol.asyncDispose]());

test("the package needs nothing of the workspace", async () => {
  const manifest = await readFile(join(installed, "package.json"), "utf8");
  const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
  expect(manifest).not.toContain("workspace:");
  expect(Object.keys(dependencies)).not.toContain("@causerie/shared");
  expect(await readdir(join(installed, ".."))).toEqual(["server"]);
});

test("the package brings its licence and those of the pages' files", async () => {
  expect(await readdir(installed)).toContain("LICENSE");
  expect(await readdir(join(installed, "dist/assets/swagger-ui"))).toContain("LICENSE");
  expect(await readdir(join(installed, "dist/assets/redoc"))).toContain("LICENSE");
  expect(await readdir(join(installed, "dist/assets/web"))).toContain("licenses.md");
});

test("it is packed and typed as every tool expects, and holds what is built of it alone", async () => {
  const { files, publint, types } = await packageFaults(project.tarball);
  expect(publint).toEqual([]);
  // It is ES modules alone, which CommonJS of Node 22 and newer can require, and has no node10.
  expect(types.filter((problem) => !/ node10$|^CJSResolvesToESM /.test(problem))).toEqual([]);
  const built = /^dist\/([\w-]+\.(js|d\.ts)|assets\/(swagger-ui|redoc|web|web\/assets)\/[\w.-]+)$/;
  expect(files.filter((file) => !built.test(file))).toEqual(["LICENSE", "README.md", "package.json"]);
}, 60_000);

test("the command explains itself", async () => {
  const { stdout } = await run(join(project.folder, "node_modules/.bin/causerie"), ["--help"]);
  expect(stdout).toContain("Usage: causerie");
  for (const command of ["serve", "admin", "backup", "restore", "new-epoch"])
    expect(stdout).toContain(command);
  expect(stdout).toContain("DATA_DIR");
});

test("it starts under plain node, serves the API and its pages, and stops with 0", async () => {
  await using server = await startServerProcess({}, { main: join(installed, "dist/main.js") });

  for (const path of [
    "/healthz",
    "/openapi.json",
    "/docs",
    "/docs/swagger-ui.css",
    "/docs/swagger-ui-bundle.js",
    "/redoc",
    "/redoc/redoc.standalone.js",
  ]) {
    const answer = await fetch(server.url + path);
    expect(answer.status, path).toBe(200);
    expect((await answer.text()).length, path).toBeGreaterThan(0);
  }

  // The web app's page, and every file that it names.
  const app = await (await fetch(`${server.url}/`)).text();
  const files = [...app.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? "");
  expect(files.filter((file) => file.startsWith("/app/assets/"))).not.toEqual([]);
  for (const file of files) expect((await fetch(new URL(file, `${server.url}/app/`))).status, file).toBe(200);

  const person = await createPerson(server.url);
  const sent = await person.call("POST", "/messages/", { receiver_id: null, content: "from the package" });
  expect(sent.status).toBe(201);
  expect(await sent.json()).toMatchObject({ sender_id: person.id, content: "from the package" });

  server.kill("SIGTERM");
  expect(await server.exited).toEqual({ code: 0, signal: null });
});

test("its other commands work beside it", { timeout: 90_000 }, async () => {
  await using server = await startServerProcess({}, { main: join(installed, "dist/main.js") });
  const person = await createPerson(server.url);
  const causerie = async (...args: string[]) => {
    const env = { ...process.env, ...server.storage.env };
    return (await run(join(project.folder, "node_modules/.bin/causerie"), args, { env })).stdout;
  };
  expect(await causerie("admin", "add", person.email)).toBe(`${person.email} is an administrator now.\n`);
  const backup = (await causerie("backup")).trim();
  server.kill("SIGTERM");
  await server.exited;
  expect(await causerie("restore", backup)).toContain("The backup is restored");
  expect(await causerie("admin", "list")).toContain(person.email);
  expect(await causerie("new-epoch")).toContain("new epoch");
});

test("it can be embedded", async () => {
  const program = `
    import { readConfig, startServer } from "@causerie/server";
    const server = await startServer(readConfig({ PORT: "0", DATA_DIR: "./embedded", LOG_LEVEL: "silent" }));
    const { status } = await fetch(server.url + "/healthz");
    await server.stop();
    process.stdout.write(String(status));
  `;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: project.folder,
  });
  expect(stdout).toBe("200");
});

test("its test kit starts it inside a test", async () => {
  const program = `
    import { startTestServer } from "@causerie/server/testing";
    await using server = await startTestServer();
    const { token } = await server.createUser();
    const me = () => fetch(server.url + "/users/me", { headers: { authorization: "Bearer " + token } });
    const before = (await me()).status;
    await server.clock.advance(16 * 60_000);
    process.stdout.write(before + " " + (await me()).status);
  `;
  const file = join(project.folder, "kit.mts");
  await writeFile(file, program);
  const { stdout } = await run(process.execPath, [file], { cwd: project.folder });
  expect(stdout).toBe("200 401");
});
