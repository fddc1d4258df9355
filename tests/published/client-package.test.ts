import { execFile } from "node:child_process";
import { copyFile, cp, mkdir, readdir, readFile, realpath, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "vite";
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

const importsOf = (text: string) =>
  [...text.matchAll(/(?:from|import|require) ?\(?"([^"]+)"/g)].map(([, name = ""]) => name);

/** The text of a file of `dist`, and of those of them that it imports. */
async function textsOf(file: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(file)) return [];
  seen.add(file);
  const text = await readFile(installed(`dist/${file}`), "utf8");
  const isDeclaration = /\.d\.c?ts$/.test(file);
  const own = importsOf(text).filter((name) => name.startsWith("./"));
  const files = own.map((name) => (isDeclaration ? name.replace(/\.(c?)js$/, ".d.$1ts") : name).slice(2));
  return [text, ...(await Promise.all(files.map((next) => textsOf(next, seen)))).flat()];
}

/** The packages that a file of `dist` needs. */
async function packagesOf(file: string): Promise<string[]> {
  const names = (await textsOf(file)).flatMap(importsOf).filter((name) => !name.startsWith("./"));
  return [...new Set(names.map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name))].sort();
}

describe.each(["index.d.ts", "index.d.cts"])("dist/%s", (file) => {
  test("names nothing of the server", async () => {
    const types = (await textsOf(file)).join();
    const named = types.match(
      /\b(Context|kysely|express|better-sqlite3|trpc-openapi|zod|ws|password_hash)\b/g,
    );
    expect(named).toBeNull();
  });

  test("stays small, its documentation included", async () => {
    expect((await textsOf(file)).join("").length).toBeLessThan(75_000);
  });
});

test("needs tRPC's types alone, its hooks React alone, and its test kit nothing", async () => {
  for (const extension of ["d.ts", "d.cts"])
    expect(await packagesOf(`index.${extension}`), extension).toEqual(["@trpc/client", "@trpc/server"]);
  for (const extension of ["js", "cjs"])
    expect(await packagesOf(`index.${extension}`), extension).toEqual([]);
  for (const extension of ["js", "cjs", "d.ts", "d.cts"])
    expect(await packagesOf(`testing.${extension}`), extension).toEqual([]);
  for (const extension of ["js", "cjs"]) expect(await packagesOf(`react.${extension}`)).toEqual(["react"]);
});

/** What a page pays for `code`: bundled and minified, tRPC's part included, in bytes after gzip. */
async function sizeOf(code: string): Promise<number> {
  const entry = join(project, "size.mjs");
  await writeFile(entry, code);
  const bundle = await build({
    ...{ root: project, configFile: false, logLevel: "silent" },
    build: {
      ...{ write: false, minify: true },
      rolldownOptions: { input: entry, preserveEntrySignatures: "strict", output: { format: "es" } },
    },
  });
  const { output } = [bundle].flat()[0] as { output: { type: string; code?: string }[] };
  return gzipSync(output.map(({ code = "" }) => code).join(""), { level: 9 }).length;
}

test.each([
  ["the whole client", "createClient, indexedDbOutbox, localStorageStorage", 25_500],
  ["calls alone", "createCalls", 3_300],
])(
  "%s stays small in a page",
  async (_what, names, most) => {
    expect(await sizeOf(`export { ${names} } from "@causerie/client";`)).toBeLessThan(most);
  },
  minute,
);

/** Puts React beside the package, as apps that have it do. */
async function bringReact(): Promise<void> {
  const ours = resolve("packages/client/node_modules");
  await mkdir(join(project, "node_modules/@types"), { recursive: true });
  for (const name of ["react", "@types/react"])
    await cp(await realpath(join(ours, name)), join(project, "node_modules", name), { recursive: true });
  const types = await realpath(join(ours, "@types/react"));
  await cp(await realpath(join(types, "../../csstype")), join(project, "node_modules/csstype"), {
    recursive: true,
  });
}

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
    ...["--moduleResolution", moduleResolution, "--jsx", "react-jsx", "--pretty", "false"],
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
  const react = `${moduleResolution}-react-uses.${extension}`;
  const wrong = `${moduleResolution}-wrong-uses.${extension}`;
  let errors: Fault[];

  beforeAll(async () => {
    await copyFile(join(fixtures, "right-uses.txt"), join(project, right));
    await copyFile(join(fixtures, "wrong-uses.txt"), join(project, wrong));
    await copyFile(join(fixtures, "react-uses.txt"), join(project, react));
    await bringReact();
    errors = await typeErrors([right, react, wrong], moduleResolution);
  }, minute);

  test("right uses and the declarations themselves type-check", () => {
    expect(errors.filter(({ file }) => file !== wrong && file !== react)).toEqual([]);
  });

  test.each([wrong, react])("each wrong use in %s is an error, and nothing else", async (uses) => {
    const lines = (await readFile(join(project, uses), "utf8")).split("\n");
    const marked = lines.flatMap((line, index) => (line.includes("// wrong") ? [index + 1] : []));
    expect(marked).not.toHaveLength(0);
    expect(errors.filter(({ file }) => file === uses).map(({ line }) => line)).toEqual(marked);
  });
});

test(
  "every example of the README type-checks",
  async () => {
    const page = await readFile(installed("README.md"), "utf8");
    const blocks = [...page.matchAll(/^```(tsx?)\n(.*?)^```$/gms)];
    expect(blocks.length).toBeGreaterThan(10);
    const files = blocks.map(([, extension], index) => `readme-${index + 1}.${extension}`);
    for (const [index, [, , code = ""]] of blocks.entries()) {
      const isWhole = code.includes("createClient(") || !code.includes("client.");
      const given = isWhole ? "" : 'declare const client: import("@causerie/client").Client; ';
      const shown = code.includes("show(") ? "declare function show(...what: unknown[]): void; " : "";
      await writeFile(join(project, files[index] ?? ""), `${given}${shown}export {}; ${code}`);
    }
    await bringReact();
    await writeFile(join(project, "process.d.ts"), "declare const process: { env: Record<string, string> };");
    expect(await typeErrors([...files, "process.d.ts"], "bundler")).toEqual([]);
  },
  minute,
);

test("an ES module registers, signs in, sends and hears its message, under plain node", async () => {
  await using server = await startTestServer();
  const file = join(project, "consumer.mjs");
  await copyFile(join(fixtures, "consumer.txt"), file);
  const { stdout } = await run(process.execPath, [file, server.url], { timeout: 20_000 });
  expect(stdout.trim()).toBe("heard: Bonjour");
});

test.each([
  [
    "@causerie/client",
    [
      ...["CauserieError", "createCalls", "createClient"],
      ...["indexedDbOutbox", "localStorageStorage", "memoryOutboxStorage", "memoryStorage"],
    ],
  ],
  [
    "@causerie/client/react",
    [
      ...["CauserieProvider", "useClient", "useConnection", "useConversations", "useMessages"],
      ...["usePresence", "useSend", "useTyping", "useUnread"],
    ],
  ],
  ["@causerie/client/testing", ["createFaultyNetwork", "createVirtualClock"]],
])("a CommonJS module can require %s, and finds what it should", async (name, exported) => {
  const script = `console.log(Object.keys(require("${name}")).sort().join())`;
  const { stdout } = await run(process.execPath, ["--input-type=commonjs", "-e", script], { cwd: project });
  expect(stdout.trim().split(",")).toEqual(exported);
});
