import { execFile } from "node:child_process";
import { copyFile, cp, readdir, readFile, realpath, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installPacked, type PackedProject } from "../support/install-packed.ts";
import { startTestServer } from "../support/test-server.ts";
import { packageFaults } from "./package-faults.ts";
import { typeCheck, versions, type ModuleResolution, type TypeCheck, type TypeScript } from "./type-check.ts";

const run = promisify(execFile);
/** Kept as text, so that they are checked against the package only, never against the sources. */
const fixtures = resolve("tests/published/client-fixtures");
const minute = 60_000;

let packed: PackedProject;
let project: string;

beforeAll(async () => {
  packed = await installPacked("client", ["--omit=peer"]);
  project = packed.folder;
}, 5 * minute);

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

test(
  "is packed and typed as every tool expects, and holds what is built of it alone",
  async () => {
    const { files, publint, types } = await packageFaults(packed.tarball);
    expect(publint).toEqual([]);
    // node10 knows no `exports`, and TypeScript 7 no node10.
    expect(types.filter((problem) => !problem.endsWith(" node10"))).toEqual([]);
    const built = /^dist\/(index|node|react|testing|[a-z-]+-[\w-]{8})\.(js|cjs|d\.ts|d\.cts)$/;
    expect(files.filter((file) => !built.test(file))).toEqual(["LICENSE", "README.md", "package.json"]);
    for (const entry of ["index", "node", "react", "testing"])
      for (const extension of ["js", "cjs", "d.ts", "d.cts"])
        expect(files).toContain(`dist/${entry}.${extension}`);
  },
  minute,
);

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
  ["the whole client", "createClient, indexedDbOutbox, localStorageStorage", 25_750],
  ["calls alone", "createCalls", 3_050],
])(
  "%s stays small in a page",
  async (_what, names, most) => {
    expect(await sizeOf(`export { ${names} } from "@causerie/client";`)).toBeLessThan(most);
  },
  minute,
);

/** Packages that the client's own development uses, and where they are from there. */
const ours = {
  react: "react",
  "@types/react": "@types/react",
  csstype: "@types/react/../../csstype",
  "@tanstack/react-query": "@tanstack/react-query",
  "@tanstack/query-core": "@tanstack/react-query/../query-core",
  "@trpc/tanstack-react-query": "@trpc/tanstack-react-query",
};
const react = ["react", "@types/react", "csstype"] as const;

/** Puts packages beside the client, as apps that use it with them do. */
async function bring(names: readonly (keyof typeof ours)[]): Promise<void> {
  for (const name of names) {
    const [, dependent = "", rest = ""] = /^(.*?)(\/\.\..*)?$/.exec(ours[name]) ?? [];
    const dependency = await realpath(resolve("packages/client/node_modules", dependent));
    const source = await realpath(join(dependency, rest));
    await cp(source, join(project, "node_modules", name), { recursive: true });
  }
}

const kinds = ["right", "react", "wrong"] as const;
const fileOf = (kind: (typeof kinds)[number], extension: string) => `${kind}-uses.${extension}`;

const resolutions = [
  ["bundler", ["mts"]],
  ["nodenext", ["mts", "cts"]],
] as const;

const matrix = versions.flatMap((typescript) =>
  resolutions.map(
    ([moduleResolution, extensions]) => [`${typescript} ${moduleResolution}`, extensions] as const,
  ),
);

/** What a page that uses everything may cost the compiler: what it was when last looked at, and a fifth more. */
const budget = { instantiations: 138_000, types: 48_000 };

describe("what people write is checked", () => {
  const checks = new Map<string, TypeCheck>();
  const check = (name: string) => {
    const found = checks.get(name);
    if (!found) throw new Error(`${name} was not checked`);
    return found;
  };

  beforeAll(async () => {
    for (const kind of kinds)
      for (const extension of ["mts", "cts"])
        await copyFile(join(fixtures, `${kind}-uses.txt`), join(project, fileOf(kind, extension)));
    await bring(react);
    const left = [...matrix];
    const work = async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        const [name, extensions] = next;
        const [typescript, moduleResolution] = name.split(" ") as [TypeScript, ModuleResolution];
        const files = extensions.flatMap((extension) => kinds.map((kind) => fileOf(kind, extension)));
        checks.set(name, await typeCheck(project, files, { typescript, moduleResolution }));
      }
    };
    // Each takes one core, but for the native one.
    await Promise.all([work(), work()]);
  }, 5 * minute);

  describe.each(matrix)("by TypeScript %s", (name, extensions) => {
    test("right uses and the declarations themselves type-check", () => {
      const { faults } = check(name);
      expect(faults.filter(({ file }) => !/(wrong|react)-uses/.test(file))).toEqual([]);
    });

    test.each(extensions.flatMap((extension) => [fileOf("wrong", extension), fileOf("react", extension)]))(
      "each wrong use in %s is an error, and nothing else",
      async (uses) => {
        const lines = (await readFile(join(project, uses), "utf8")).split("\n");
        const marked = lines.flatMap((line, index) => (line.includes("// wrong") ? [index + 1] : []));
        expect(marked).not.toHaveLength(0);
        const { faults } = check(name);
        expect(faults.filter(({ file }) => file === uses).map(({ line }) => line)).toEqual(marked);
      },
    );
  });

  test("the compiler has little to do for it", () => {
    const { instantiations, types } = check("5.9 bundler");
    expect(instantiations).toBeLessThan(budget.instantiations);
    expect(types).toBeLessThan(budget.types);
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
    await bring([...react, "@tanstack/react-query", "@tanstack/query-core", "@trpc/tanstack-react-query"]);
    // The server that an example is tested against, as it is here: its sources are its types.
    await symlink(resolve("packages/server"), join(project, "node_modules/@causerie/server"));
    await writeFile(join(project, "process.d.ts"), "declare const process: { env: Record<string, string> };");
    const how = { typescript: "7", moduleResolution: "bundler" } as const;
    const { faults } = await typeCheck(project, [...files, "process.d.ts"], how);
    expect(faults.filter(({ file }) => file.startsWith("readme-"))).toEqual([]);
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
