import { execFile } from "node:child_process";
import { copyFile, mkdtemp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Outcome } from "./outcome.ts";

const run = promisify(execFile);
const modules = resolve("node_modules");
/** Kept as text, so that they are checked against what was generated only. */
const programs = resolve("tests/rest-clients/programs");

/** An otherwise empty project of somebody who generates a client. */
export interface ClientProject extends AsyncDisposable {
  readonly folder: string;
  /** Runs a program that an installed package has, in the folder. */
  tool(path: string, ...args: readonly string[]): Promise<void>;
  /** Type-checks and compiles a program of ours, with all it imports. Throws what the compiler says. */
  compile(program: string): Promise<void>;
  /** Runs the compiled program against a server. */
  call(url: string): Promise<Outcome>;
}

/** Makes the project, with these packages in it. */
export async function createClientProject(...packages: readonly string[]): Promise<ClientProject> {
  const folder = await mkdtemp(join(tmpdir(), "causerie-rest-client-"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await mkdir(join(folder, "node_modules"));
  for (const name of packages) await symlink(join(modules, name), join(folder, "node_modules", name));

  const node = async (script: string, args: readonly string[]) => {
    const { stdout } = await run(process.execPath, [script, ...args], {
      cwd: folder,
      timeout: 120_000,
    }).catch((failure: Error & { stdout: string }) => {
      throw new Error(`${failure.message}\n${failure.stdout}`);
    });
    return stdout;
  };
  const tool = async (path: string, ...args: readonly string[]) =>
    void (await node(join(modules, path), args));

  return {
    folder,
    tool,
    async compile(program) {
      await copyFile(join(programs, program), join(folder, "program.ts"));
      const strict = ["--strict", "--noUncheckedIndexedAccess", "--skipLibCheck", "false"];
      const modern = ["--target", "es2024", "--lib", "es2024,dom,dom.iterable", "--module", "nodenext"];
      const output = ["--pretty", "false", "--outDir", "compiled"];
      await tool("typescript/bin/tsc", ...strict, ...modern, ...output, "program.ts");
    },
    call: async (url) => JSON.parse(await node("compiled/program.js", [url])) as Outcome,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
