import { existsSync, linkSync, mkdirSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { databasePath } from "./data-dir.ts";
import { syncPath } from "./sqlite-file.ts";

/**
 * Moves `incoming` into the place of a data folder's database, which goes into the folder `aside`
 * beside it. Nobody else may be using either. Returns the path of that folder, or undefined when
 * there was no database.
 */
export function replaceDatabase(dataDir: string, incoming: string, aside: string): string | undefined {
  const path = databasePath(dataDir);
  const folder = join(dataDir, aside);
  const present = existsSync(path);
  if (present) {
    foldJournal(path);
    mkdirSync(folder, { mode: 0o700 });
    // A journal that stayed would be applied to the new database.
    for (const journal of [`${path}-wal`, `${path}-shm`]) {
      if (existsSync(journal)) renameSync(journal, join(folder, basename(journal)));
    }
    keep(path, join(folder, basename(path)));
    syncPath(folder);
  }
  renameSync(incoming, path);
  syncPath(dataDir);
  return present ? folder : undefined;
}

/** Leaves one file of the database, if it can be opened; a damaged one is moved as it is. */
function foldJournal(path: string): void {
  try {
    const database = new SqliteDatabase(path, { timeout: 0 });
    try {
      database.pragma("wal_checkpoint(TRUNCATE)");
    } finally {
      database.close();
    }
  } catch {
    // A restore is what helps a database that cannot be opened.
  }
}

/** A second name, so that at no moment the first one is missing: a server would start empty. */
function keep(path: string, as: string): void {
  try {
    linkSync(path, as);
  } catch {
    // Not every file system has second names.
    renameSync(path, as);
  }
}
