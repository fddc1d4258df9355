import SqliteDatabase from "better-sqlite3";
import type * as Sqlite from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { StartupError } from "../lib/startup-error.ts";
import type { Database } from "./database.ts";
import { immediateDialect } from "./immediate-dialect.ts";
import { migrate } from "./migrate.ts";
import type { OpenDatabase } from "./open-database.ts";

/** A statement that waits for a lock blocks the event loop, so it does not wait long. */
const busyTimeoutMs = 50;
const statementCacheSize = 500;

export interface SqliteOptions {
  /** Whether a server may be using the file: then its journal is left alone. */
  readonly beside?: boolean;
}

/**
 * Opens a database file in WAL mode, where reads never wait for writes, and with full sync.
 * Closing it moves the write-ahead log into the file.
 */
export async function openSqlite(
  path: string,
  { beside = false }: SqliteOptions = {},
): Promise<OpenDatabase> {
  const { writeConnection, readConnection } = connect(path);
  const writeDb = new Kysely<Database>({
    dialect: immediateDialect({ database: withStatementCache(writeConnection) }),
  });
  const readDb = new Kysely<Database>({
    dialect: new SqliteDialect({ database: withStatementCache(readConnection) }),
  });
  return {
    engine: "sqlite",
    location: path,
    writeDb,
    readDb,
    snapshot: (work) => readDb.transaction().execute(work),
    migrate: () => migrate(writeDb, "sqlite"),
    async close() {
      await readDb.destroy();
      if (readConnection.open) readConnection.close();
      if (!beside) writeConnection.pragma("wal_checkpoint(TRUNCATE)");
      await writeDb.destroy();
      if (writeConnection.open) writeConnection.close();
    },
  };
}

/** Kysely prepares a statement for every call; SQLite need parse each text only once. */
function withStatementCache(connection: Sqlite.Database) {
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

function connect(path: string) {
  try {
    const writeConnection = new SqliteDatabase(path, { timeout: busyTimeoutMs });
    writeConnection.pragma("journal_mode = WAL");
    writeConnection.pragma("synchronous = FULL");
    writeConnection.pragma("foreign_keys = ON");
    const readConnection = new SqliteDatabase(path, { timeout: busyTimeoutMs });
    readConnection.pragma("query_only = ON");
    return { writeConnection, readConnection };
  } catch (cause) {
    throw new StartupError(
      `${path} is not a database that Causerie can open: move it away, or restore a backup.`,
      { cause },
    );
  }
}
