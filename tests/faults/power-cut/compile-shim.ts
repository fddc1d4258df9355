import { execFile, execFileSync } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { removeAtExit } from "../stage/remove-at-exit.ts";

const source = join(import.meta.dirname, "power-cut.c");
let compiled: Promise<string> | undefined;

/** Why no power can be cut on this machine, or undefined when it can. */
export function whyNoPowerCut(): string | undefined {
  if (process.platform !== "linux") return "the shim is loaded with LD_PRELOAD, which is Linux's";
  try {
    execFileSync("cc", ["--version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "there is no C compiler (cc) to build the shim with";
  }
}

/** Compiles the shim, once for the process, and returns the library to load. */
export function compileShim(): Promise<string> {
  compiled ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), "causerie-power-cut-"));
    removeAtExit(folder);
    const library = join(folder, "power-cut.so");
    const flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"];
    await promisify(execFile)("cc", [...flags, "-o", library, source, "-ldl", "-lpthread"]);
    return library;
  })();
  return compiled;
}
