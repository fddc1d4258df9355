import { closeSync, existsSync, fsyncSync, openSync } from "node:fs";
import SqliteDatabase from "better-sqlite3";
import { CommandError } from "../lib/command-error.ts";

/** A server that starts or stops beside us holds its file for a moment. */
const busyTimeoutMs = 10_000;

/**
 * Copies a database as it is at one moment into `to`, a new file that only its owner can read,
 * and syncs it. One read transaction covers the copy: others go on writing, and it ends however
 * much they write. What was deleted is not copied along.
 */
export function copyDatabase(from: string, to: string): void {
  closeSync(openSync(to, "wx", 0o600));
  const database = openForReading(from);
  try {
    database.prepare("vacuum into ?").run(to);
  } catch (cause) {
    throw new CommandError(`${from} could not be copied to ${to}: ${(cause as Error).message}.`, { cause });
  } finally {
    database.close();
  }
  syncPath(to);
}

/** Throws a sentence unless the file is a sound database of Causerie. */
export function checkDatabase(path: string): void {
  if (!existsSync(path)) throw new CommandError(`There is no file ${path}.`);
  const database = openForReading(path);
  try {
    const tables = database.prepare("select name from sqlite_schema where type = 'table'").pluck().all();
    if (!["kysely_migration", "log_head", "users", "messages"].every((name) => tables.includes(name))) {
      throw new CommandError(`${path} is a database, but not one of Causerie.`);
    }
    const found = database.prepare("pragma integrity_check(1)").pluck().all().join("; ");
    if (found !== "ok") {
      throw new CommandError(`${path} is damaged (${found.replaceAll(/\s+/g, " ")}): use another backup.`);
    }
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(
      `${path} is not a sound database (${(error as Error).message}): use another backup.`,
      {
        cause: error,
      },
    );
  } finally {
    database.close();
  }
}

/** Puts a file, or the names in a folder, on the disk before going on. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function openForReading(path: string): SqliteDatabase.Database {
  try {
    return new SqliteDatabase(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
  } catch (cause) {
    throw new CommandError(`${path} cannot be opened: it must be a file that this user may read.`, { cause });
  }
}
