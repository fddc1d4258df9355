import SqliteDatabase from "better-sqlite3";
import type * as Sqlite from "better-sqlite3";
import { StartupError } from "../lib/startup-error.ts";

/** A statement that waits for a lock blocks its thread, so it does not wait long. */
const busyTimeoutMs = 50;
const statementCacheSize = 500;
/** The write-ahead log is moved into the file when it is this long: seldom, as pages change again and again. */
const checkpointPages = 8_000;
/** What a burst has made longer than this is cut off again. */
const longestLogBytes = 64 * 1024 * 1024;

/** Opens a file for writing, in WAL mode, where reads never wait for writes, and with full sync. */
export function connectToWrite(path: string): Sqlite.Database {
  return connect(path, (connection) => {
    connection.pragma("journal_mode = WAL");
    connection.pragma("synchronous = FULL");
    connection.pragma("foreign_keys = ON");
    connection.pragma(`wal_autocheckpoint = ${checkpointPages}`);
    connection.pragma(`journal_size_limit = ${longestLogBytes}`);
  });
}

/** Opens a file for reading only. It must be in WAL mode by then. */
export function connectToRead(path: string): Sqlite.Database {
  return connect(path, (connection) => connection.pragma("query_only = ON"));
}

function connect(path: string, prepare: (connection: Sqlite.Database) => void): Sqlite.Database {
  try {
    const connection = new SqliteDatabase(path, { timeout: busyTimeoutMs });
    prepare(connection);
    return connection;
  } catch (cause) {
    throw new StartupError(
      `${path} is not a database that Causerie can open: move it away, or restore a backup.`,
      { cause },
    );
  }
}

/** Kysely prepares a statement for every call; SQLite need parse each text only once. */
export function withStatementCache(connection: Sqlite.Database) {
  const cache = new Map<string, Sqlite.Statement>();
  return {
    close: () => connection.close(),
    prepare(text: string): Sqlite.Statement {
      let statement = cache.get(text);
      if (!statement) {
        statement = connection.prepare(text);
        if (cache.size >= statementCacheSize) cache.clear();
        cache.set(text, statement);
      }
      return statement;
    },
  };
}
