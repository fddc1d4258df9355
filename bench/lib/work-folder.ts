import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that goes away with what is in it. `TMPDIR` says on which disk. */
export interface WorkFolder extends AsyncDisposable {
  readonly path: string;
  /** The path of a name in it. */
  at(name: string): string;
}

export async function createWorkFolder(): Promise<WorkFolder> {
  const path = await mkdtemp(join(tmpdir(), "causerie-bench-"));
  return {
    path,
    at: (name) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
