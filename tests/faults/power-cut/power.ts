import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileShim } from "./compile-shim.ts";

/** The power supply of one folder. */
export interface Power extends AsyncDisposable {
  /** What a process must have in its environment. Take it anew for every process. */
  env(): Promise<Readonly<Record<string, string>>>;
  /** After the process was killed: leaves in the folder what had been synced, and nothing else. */
  cut(): Promise<void>;
}

/** Makes the power of `folder` one that can be cut. Call it when nobody writes to the folder. */
export async function createPower(folder: string): Promise<Power> {
  const library = await compileShim();
  const data = await realpath(folder);
  const base = await mkdtemp(join(tmpdir(), "causerie-synced-"));
  let shadow = base;
  let starts = 0;
  return {
    async env() {
      starts += 1;
      shadow = join(base, String(starts));
      await mkdir(shadow);
      return { LD_PRELOAD: library, POWER_CUT_DATA: data, POWER_CUT_SHADOW: shadow };
    },
    cut: () => restore(data, shadow),
    [Symbol.asyncDispose]: () => rm(base, { recursive: true, force: true }),
  };
}

async function restore(data: string, shadow: string): Promise<void> {
  const names = await readFile(join(shadow, "names"), "utf8");
  for (const name of await readdir(data)) await rm(join(data, name), { recursive: true });
  for (const line of names.split("\n").filter((text) => text !== "")) {
    const [, copy, mode, name] = /^(\d+) (\d+) (.+)$/.exec(line) as unknown as [
      string,
      string,
      string,
      string,
    ];
    // SQLite's shared memory is never synced; it is made again.
    if (name.endsWith("-shm")) continue;
    const path = join(data, name);
    // A name that was synced, of a file that never was, is a file without bytes.
    await copyFile(join(shadow, copy), path).catch(() => writeFile(path, ""));
    await chmod(path, Number.parseInt(mode, 8));
  }
}
