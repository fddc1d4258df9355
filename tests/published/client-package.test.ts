import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, realpath, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installPacked, type PackedProject } from "../support/install-packed.ts";
import { startTestServer } from "../support/test-server.ts";

const run = promisify(execFile);
/** Kept as text, so that they are checked against the package only, never against the sources. */
const fixtures = resolve("tests/published/client-fixtures");
const tsc = resolve("node_modules/typescript/bin/tsc");
const minute = 60_000;

let packed: PackedProject;
let project: string;

beforeAll(async () => {
  packed = await installPacked("client", ["--omit=peer"]);
  project = packed.folder;
}, 3 * minute);

afterAll(() => packed[Symbol.asyncDispose]());

const installed = (path: string) => join(project, "node_modules/@causerie/client", path);

test("installs alone: the client and tRPC, nothing else of ours", async () => {
  const packages = await readdir(join(project, "node_modules"));
  expect(packages.filter((name) => !name.startsWith("."))).toEqual(["@causerie", "@trpc"]);
  expect(await readdir(join(project, "node_modules/@causerie"))).toEqual(["client"]);

  const manifest = JSON.parse(await readFile(installed("package.json"), "utf8")) as Record<string, unknown>;
  expect(Object.keys(manifest["dependencies"] as object)).toEqual(["@trpc/client", "@trpc/server"]);
  expect(JSON.stringify(manifest)).not.toContain("workspace:");
  expect((await readdir(installed("."))).sort()).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
});

describe.each([".d.ts", ".d.cts"])("the declarations %s", (extension) => {
  /** Of all entries, and of what they share. */
  async function declarations(): Promise<string[]> {
    const names = (await readdir(installed("dist"))).filter((name) => name.endsWith(extension));
    const entries = ["index", "react", "testing"].map((name) => name + extension);
    expect(names).toEqual(expect.arrayContaining(entries));
    return await Promise.all(names.map((name) => readFile(installed(`dist/${name}`), "utf8")));
  }

  test("name nothing of the server", async () => {
    const types = (await declarations()).join("\n");
    const named = types.match(
      /\b(Context|kysely|express|better-sqlite3|trpc-openapi|zod|ws|password_hash)\b/g,
    );
    expect(named).toBeNull();
  });

  test("import nothing but tRPC, and React for its hooks", async () => {
    const types = (await declarations()).join("\n");
    const imported = [...types.matchAll(/(?:from|import) ?\(?"([^"]+)"/g)].map(([, name]) => name);
    expect(imported).not.toHaveLength(0);
    expect(
      imported.filter((name) => !/^(@trpc\/(client|server)(\/.+)?|react|\.\/.+)$/.test(name ?? "")),
    ).toEqual([]);
  });

  test("stay small, their documentation included", async () => {
    const { length } = (await declarations()).join("");
    expect(length).toBeLessThan(100_000);
  });
});

interface Fault {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Type-checks files of the project, the package's declarations included. */
async function typeErrors(files: string[], moduleResolution: "bundler" | "nodenext"): Promise<Fault[]> {
  const flags = [
    ...["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "false"],
    ...["--target", "es2022", "--lib", "es2023,dom,dom.iterable,esnext.disposable"],
    ...["--module", moduleResolution === "bundler" ? "esnext" : "nodenext"],
    ...["--moduleResolution", moduleResolution, "--pretty", "false"],
  ];
  const { stdout } = await run(process.execPath, [tsc, ...flags, ...files], { cwd: project }).catch(
    (failure: { stdout: string }) => failure,
  );
  return stdout
    .split("\n")
    .filter((line) => line.includes("error TS"))
    .map((message) => {
      const [, file = "", line] = /^(.*)\((\d+),\d+\): /.exec(message) ?? [];
      return { file, line: Number(line), message };
    });
}

describe.each([
  ["bundler", "mts"],
  ["nodenext", "mts"],
  ["nodenext", "cts"],
] as const)("under moduleResolution %s, in .%s files", (moduleResolution, extension) => {
  const right = `${moduleResolution}-right-uses.${extension}`;
  const wrong = `${moduleResolution}-wrong-uses.${extension}`;
  let errors: Fault[];

  beforeAll(async () => {
    await copyFile(join(fixtures, "right-uses.txt"), join(project, right));
    await copyFile(join(fixtures, "wrong-uses.txt"), join(project, wrong));
    errors = await typeErrors([right, wrong], moduleResolution);
  }, minute);

  test("right uses and the declarations themselves type-check", () => {
    expect(errors.filter(({ file }) => file !== wrong)).toEqual([]);
  });

  test("each wrong use is an error", async () => {
    const lines = (await readFile(join(project, wrong), "utf8")).split("\n");
    const marked = lines.flatMap((line, index) => (line.includes("// wrong") ? [index + 1] : []));
    expect(marked).not.toHaveLength(0);
    expect(errors.filter(({ file }) => file === wrong).map(({ line }) => line)).toEqual(marked);
  });
});

test("an ES module registers, signs in, sends and hears its message, under plain node", async () => {
  await using server = await startTestServer();
  const file = join(project, "consumer.mjs");
  await copyFile(join(fixtures, "consumer.txt"), file);
  const { stdout } = await run(process.execPath, [file, server.url], { timeout: 20_000 });
  expect(stdout.trim()).toBe("heard: Bonjour");
});

test("a CommonJS module can require it", async () => {
  const script = `
    const names = (entry) => Object.keys(require("@causerie/client" + entry)).sort().join();
    console.log(names(""), names("/testing"));
  `;
  const { stdout } = await run(process.execPath, ["--input-type=commonjs", "-e", script], { cwd: project });
  expect(stdout.trim().split(" ")).toEqual([
    "CauserieError,createCalls,createClient,indexedDbOutbox,localStorageStorage,memoryOutboxStorage,memoryStorage",
    "createFaultyNetwork,createVirtualClock",
  ]);
});

describe("for React", () => {
  // Whoever uses it brings React; here it is the one of the workspace.
  const brought = ["react", "react-dom", "@types/react"];
  beforeAll(async () => {
    await mkdir(join(project, "node_modules/@types"), { recursive: true });
    for (const name of brought)
      await symlink(
        await realpath(`packages/client/node_modules/${name}`),
        join(project, "node_modules", name),
      );
  });

  test.each(["bundler", "nodenext"] as const)(
    "the hooks are typed, under moduleResolution %s",
    async (way) => {
      const file = `${way}-react.mts`;
      await copyFile(join(fixtures, "react-uses.txt"), join(project, file));
      const lines = (await readFile(join(project, file), "utf8")).split("\n");
      const marked = lines.flatMap((line, index) => (line.includes("// wrong") ? [index + 1] : []));
      expect((await typeErrors([file], way)).map(({ line }) => line)).toEqual(marked);
    },
  );

  test("a server renders them", async () => {
    const program = `
      import { createClient } from "@causerie/client";
      import { CauserieProvider, useMessages } from "@causerie/client/react";
      import { createElement } from "react";
      import { renderToString } from "react-dom/server";
      const client = createClient({ url: "http://127.0.0.1:1" });
      const Chat = () => createElement("p", null, useMessages(1).status);
      console.log(renderToString(createElement(CauserieProvider, { client }, createElement(Chat))));
    `;
    const file = join(project, "server.mjs");
    await writeFile(file, program);
    const { stdout } = await run(process.execPath, [file], { timeout: 20_000 });
    expect(stdout.trim()).toBe("<p>loading</p>");
  });
});
