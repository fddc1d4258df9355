import SqliteDatabase from "better-sqlite3";
import type * as Sqlite from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { StartupError } from "../lib/startup-error.ts";
import type { Database } from "./database.ts";
import type { Engine } from "./engine.ts";

/** An open database: one connection that writes, one that reads, and how to leave it tidy. */
export interface OpenDatabase {
  readonly engine: Engine;
  readonly writeDb: Kysely<Database>;
  readonly readDb: Kysely<Database>;
  /** Moves the write-ahead log into the database file and closes both connections. */
  close(): Promise<void>;
}

/** A statement that waits for a lock blocks the event loop, so a server does not wait long. */
const busyTimeoutMs = 50;
/** A command has time: the server beside it holds the lock for one commit after another. */
const patientBusyTimeoutMs = 10_000;
const statementCacheSize = 500;

export interface SqliteOptions {
  /** Whether a server may be using the file: then locks are waited for, and its journal is left alone. */
  readonly beside?: boolean;
}

/** Opens a database file in WAL mode, where reads never wait for writes, and with full sync. */
export async function openSqlite(
  path: string,
  { beside = false }: SqliteOptions = {},
): Promise<OpenDatabase> {
  const { writeConnection, readConnection } = connect(path, beside ? patientBusyTimeoutMs : busyTimeoutMs);
  // A transaction that reads before it writes would fail if another process wrote in between.
  const writeDb = kyselyOver(writeConnection, "begin immediate");
  const readDb = kyselyOver(readConnection);
  return {
    engine: "sqlite",
    writeDb,
    readDb,
    async close() {
      await readDb.destroy();
      if (readConnection.open) readConnection.close();
      if (!beside) writeConnection.pragma("wal_checkpoint(TRUNCATE)");
      await writeDb.destroy();
      if (writeConnection.open) writeConnection.close();
    },
  };
}

function kyselyOver(connection: Sqlite.Database, begin = "begin"): Kysely<Database> {
  const database = withStatementCache(connection, begin);
  return new Kysely<Database>({ dialect: new SqliteDialect({ database }) });
}

/** Kysely prepares a statement for every call; SQLite need parse each text only once. */
function withStatementCache(connection: Sqlite.Database, begin: string) {
  const cache = new Map<string, Sqlite.Statement>();
  return {
    close: () => connection.close(),
    prepare(text: string): Sqlite.Statement {
      let statement = cache.get(text);
      if (!statement) {
        statement = connection.prepare(text === "begin" ? begin : text);
        if (cache.size >= statementCacheSize) cache.clear();
        cache.set(text, statement);
      }
      return statement;
    },
  };
}

function connect(path: string, timeout: number) {
  try {
    const writeConnection = new SqliteDatabase(path, { timeout });
    writeConnection.pragma("journal_mode = WAL");
    writeConnection.pragma("synchronous = FULL");
    writeConnection.pragma("foreign_keys = ON");
    const readConnection = new SqliteDatabase(path, { timeout });
    readConnection.pragma("query_only = ON");
    return { writeConnection, readConnection };
  } catch (cause) {
    throw new StartupError(
      `${path} is not a database that Causerie can open: move it away, or restore a backup.`,
      { cause },
    );
  }
}
