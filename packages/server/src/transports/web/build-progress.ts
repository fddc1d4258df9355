import { readFile } from "node:fs/promises";
import { z } from "zod";

const buildProgress = z.object({
  state: z.enum(["building", "failed"]),
  step: z.enum(["waiting", "reading", "writing"]),
  /** How many modules were read so far. */
  modules: z.int().min(0),
  /** The process that builds, or is about to start the one that will. */
  pid: z.int().positive(),
});

/** How far a build of the web app is, as the build itself writes it down. */
export type BuildProgress = z.infer<typeof buildProgress>;

/** What `file` says, unless its build ended without another word. */
export async function readBuildProgress(file: string | undefined): Promise<BuildProgress | undefined> {
  const text = file === undefined ? undefined : await readIfThere(file);
  if (text === undefined) return undefined;
  const progress = buildProgress.parse(JSON.parse(text));
  return progress.state === "failed" || lives(progress.pid) ? progress : undefined;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // Nobody has this number, or somebody who is not ours.
    return false;
  }
}
