import { createRequire } from "node:module";
import { join } from "node:path";

/** What runs a program. */
export interface Runtime {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const here = createRequire(import.meta.url);
const { arch, platform } = process;

/** The path of a program in a package, or in one of those that the package brings for this platform. */
function programOf(packages: readonly string[], path: string): string | undefined {
  try {
    const manifests = packages.map((name) => join(name, "package.json"));
    const last = manifests.reduce(
      (from, manifest) => createRequire(from).resolve(manifest),
      here.resolve("./package.json"),
    );
    return join(last, "..", path);
  } catch (error) {
    if ((error as { code?: string }).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

const bun = `@oven/bun-${platform}-${arch === "arm64" ? "aarch64" : arch}`;
const deno = `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`;

const commands: Readonly<Record<string, string | undefined>> = {
  "Node 22": programOf([`node-22-${platform}-${arch}`], "bin/node"),
  "Node 26": programOf([`node-26-${platform}-${arch}`], "bin/node"),
  [`Node ${process.version}`]: process.execPath,
  Bun: programOf(["bun", bun], "bin/bun"),
  Deno: programOf(["deno", deno], "deno"),
};

/** Those that are there. In CI all of them have to be. */
export const runtimes: readonly Runtime[] = Object.entries(commands).flatMap(([name, command]) => {
  if (command !== undefined)
    return [{ name, command, args: name === "Deno" ? ["run", "--allow-net=127.0.0.1"] : [] }];
  if (process.env["CI"] === "true") throw new Error(`${name} is missing among the packages.`);
  process.stderr.write(`The packages have no ${name} for this platform: its tests are left out.\n`);
  return [];
});
