import { Kysely, SqliteDialect } from "kysely";
import type { Database } from "./database.ts";
import { migrate } from "./migrate.ts";
import type { OpenDatabase } from "./open-database.ts";
import { connectToRead, withStatementCache } from "./sqlite-connection.ts";
import { openSqliteWriter } from "./sqlite-writer.ts";

/** A command beside the server waits while the server writes, and a start while a command does. */
const patienceMs = 10_000;

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
  const writer = openSqliteWriter(path, patienceMs);
  const readConnection = connectToRead(path);
  const readDb = new Kysely<Database>({
    dialect: new SqliteDialect({ database: withStatementCache(readConnection) }),
  });
  return {
    engine: "sqlite",
    location: path,
    writeDb: writer.db,
    readDb,
    snapshot: (work) => readDb.transaction().execute(work),
    migrate: () => migrate(writer.db, "sqlite"),
    async close() {
      await readDb.destroy();
      if (readConnection.open) readConnection.close();
      if (!beside) writer.checkpoint();
      await writer.close();
    },
  };
}
