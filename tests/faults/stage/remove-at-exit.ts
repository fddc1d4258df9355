import { rmSync } from "node:fs";

/** Removes a folder that all runs of this process share, when it ends. */
export function removeAtExit(folder: string): void {
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}
