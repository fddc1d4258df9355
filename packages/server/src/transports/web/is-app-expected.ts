import { existsSync } from "node:fs";
import { join } from "node:path";
import { readBuildProgress } from "./build-progress.ts";
import type { WebPlace } from "./web-place.ts";

/** Whether there is a web app, or soon will be. */
export async function isAppExpected({ folder, progress }: WebPlace): Promise<boolean> {
  return existsSync(join(folder, "index.html")) || (await readBuildProgress(progress))?.state === "building";
}
