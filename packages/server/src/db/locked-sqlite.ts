import { lockDataDir } from "./data-dir-lock.ts";
import { databasePath } from "./data-dir.ts";
import type { OpenDatabase } from "./open-database.ts";
import { openSqlite } from "./sqlite.ts";

/** Opens the SQLite database of a data folder for this process alone, until it is closed. */
export async function openLockedSqlite(dataDir: string): Promise<OpenDatabase> {
  const unlock = lockDataDir(dataDir);
  try {
    const database = await openSqlite(databasePath(dataDir));
    return { ...database, close: () => database.close().finally(unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}
