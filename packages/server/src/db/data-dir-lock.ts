import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { StartupError } from "../lib/startup-error.ts";

/**
 * Takes a data folder for this process, or refuses with a sentence. The lock is an open
 * transaction on a file of its own: the system drops it when the process ends, however it ends.
 * Returns what releases it.
 */
export function lockDataDir(dataDir: string): () => void {
  const lock = new SqliteDatabase(join(dataDir, "causerie.lock"), { timeout: 0 });
  try {
    lock.exec("begin exclusive");
  } catch (cause) {
    lock.close();
    throw new StartupError(
      `Another Causerie process is using the data folder ${dataDir}. Stop it first, or set DATA_DIR to another folder.`,
      { cause },
    );
  }
  return () => lock.close();
}
