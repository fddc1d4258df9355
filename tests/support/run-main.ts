import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { resolve } from "node:path";

const main = resolve(import.meta.dirname, "../../packages/server/src/main.ts");

/** Runs the server's main file to its end, with `env` and nothing else of ours: for starts that fail. */
export function runMain(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const options = { cwd: tmpdir(), env: { PATH: process.env["PATH"] ?? "", ...env } };
    const child = execFile(process.execPath, [main, ...args], options, (_error, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
