import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");

/** An otherwise empty project with one of our packages in it, as its users get it. */
export interface PackedProject extends AsyncDisposable {
  readonly folder: string;
  /** What was packed, and would be published. */
  readonly tarball: string;
}

/**
 * Builds and packs `@causerie/<name>`, and installs the tarball with npm, given `flags` too, into
 * an empty project. Takes up to minutes where the registry is slow.
 */
export async function installPacked(
  name: "server" | "client",
  flags: readonly string[] = [],
): Promise<PackedProject> {
  const folder = await mkdtemp(join(tmpdir(), `causerie-packed-${name}-`));
  const source = join(root, "packages", name);
  await run("pnpm", ["run", "build"], { cwd: source });
  await run("pnpm", ["pack", "--pack-destination", folder], { cwd: source });
  const [tarball] = (await readdir(folder)).filter((file) => file.endsWith(".tgz"));
  if (!tarball) throw new Error(`pnpm pack left no tarball in ${folder}`);

  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  // An npm around us says through the environment where it installs: that is not here.
  const always = ["--prefix", folder, "--prefer-offline", "--no-audit", "--no-fund"];
  await run("npm", ["install", ...always, ...flags, `./${tarball}`], { cwd: folder });
  return {
    folder,
    tarball: join(folder, tarball),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
