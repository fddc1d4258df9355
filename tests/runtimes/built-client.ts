import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const source = resolve("packages/client");

/** An otherwise empty project with the built client in it, beside what that depends on, and React. */
export interface BuiltClient extends AsyncDisposable {
  readonly folder: string;
}

/**
 * Builds the client as it is published, but for its types, which take most of the time and say nothing to
 * a runtime, and puts it where a package manager would. What is built for others stays as it was.
 */
export async function buildClient(): Promise<BuiltClient> {
  const folder = await mkdtemp(join(tmpdir(), "causerie-built-client-"));
  const modules = join(folder, "node_modules");
  const client = join(modules, "@causerie/client");
  await mkdir(client, { recursive: true });
  const tsdown = resolve("node_modules/tsdown/dist/run.mjs");
  await run(process.execPath, [tsdown, "--no-dts", "--out-dir", join(client, "dist")], { cwd: source });

  const manifest = JSON.parse(await readFile(join(source, "package.json"), "utf8")) as Manifest;
  const { publishConfig, dependencies = {}, ...rest } = manifest;
  await writeFile(join(client, "package.json"), JSON.stringify({ ...rest, ...publishConfig, dependencies }));
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ private: true, type: "module", dependencies: { "@causerie/client": "*" } }),
  );
  for (const name of [...Object.keys(dependencies), "react"]) {
    await mkdir(join(modules, name, ".."), { recursive: true });
    await symlink(await realpath(join(source, "node_modules", name)), join(modules, name));
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

interface Manifest {
  readonly publishConfig: object;
  readonly dependencies?: Readonly<Record<string, string>>;
}
