import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { StartupError } from "../lib/startup-error.ts";

/** The SQLite database of a data folder. */
export function databasePath(dataDir: string): string {
  return join(dataDir, "causerie.db");
}

/** Makes a data folder that only its owner can look into, unless it exists. */
export function makeDataDir(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new StartupError(`The data folder ${path} cannot be made: set DATA_DIR to a folder that can.`, {
      cause,
    });
  }
}
