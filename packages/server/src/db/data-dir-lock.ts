import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { StartupError } from "../lib/startup-error.ts";

/**
 * Takes a data folder for this process, or refuses with a sentence. The lock is an open
 * transaction on a file of its own: the system drops it when the process ends, however it ends.
 * Returns what releases it.
 */
export function lockDataDir(dataDir: string): () => void {
  let lock: SqliteDatabase.Database | undefined;
  try {
    lock = new SqliteDatabase(join(dataDir, "causerie.lock"), { timeout: 0 });
    lock.exec("begin exclusive");
  } catch (cause) {
    lock?.close();
    if (!(cause as { code?: string }).code?.startsWith("SQLITE_BUSY")) {
      throw new StartupError(
        `The data folder ${dataDir} cannot be written: check its permissions, or set DATA_DIR to another folder.`,
        { cause },
      );
    }
    throw new StartupError(
      `Another Causerie process is using the data folder ${dataDir}. Stop it first, or set DATA_DIR to another folder.`,
      { cause },
    );
  }
  return () => lock.close();
}
