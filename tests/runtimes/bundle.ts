import { writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { build, type Plugin } from "vite";

/** Fails where a module of Node or Bun is asked for: bundlers may put an empty one there instead, without a word. */
const noBuiltins: Plugin = {
  name: "no-builtins",
  enforce: "pre",
  resolveId(id) {
    if (isBuiltin(id) || id.startsWith("bun:"))
      this.error(`${id} is asked for, which only some runtimes have`);
  },
};

/** Bundles a module of the project as its runtime's own tools do, into a script that makes `global` of its exports. */
export async function bundle(
  folder: string,
  code: string,
  conditions: readonly string[],
  global: string,
): Promise<string> {
  const entry = join(folder, `${global}.mjs`);
  await writeFile(entry, code);
  const built = await build({
    ...{ root: folder, configFile: false, logLevel: "silent", plugins: [noBuiltins] },
    resolve: { conditions: [...conditions] },
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      ...{ write: false, minify: false, target: "es2022" },
      rolldownOptions: {
        ...{ input: entry, preserveEntrySignatures: "strict" },
        output: { format: "iife", name: global },
      },
    },
  });
  const { output } = [built].flat()[0] as { output: { code?: string }[] };
  return output.map(({ code: text = "" }) => text).join("");
}
