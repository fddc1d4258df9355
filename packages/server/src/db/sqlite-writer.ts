import { Kysely } from "kysely";
import type { Database } from "./database.ts";
import { immediateDialect } from "./immediate-dialect.ts";
import { connectToWrite, withStatementCache } from "./sqlite-connection.ts";

/** One connection that writes. */
export interface SqliteWriter {
  readonly db: Kysely<Database>;
  /** Moves the write-ahead log into the file, as far as no reader needs it. */
  checkpoint(): void;
  close(): Promise<void>;
}

/** Opens a file for writing. Whoever wants a transaction waits up to `patienceMs` for another process. */
export function openSqliteWriter(path: string, patienceMs: number): SqliteWriter {
  const connection = connectToWrite(path);
  const db = new Kysely<Database>({
    dialect: immediateDialect({
      database: withStatementCache(connection),
      isInTransaction: () => connection.inTransaction,
      patienceMs,
    }),
  });
  return {
    db,
    checkpoint: () => void connection.pragma("wal_checkpoint(TRUNCATE)"),
    async close() {
      await db.destroy();
      if (connection.open) connection.close();
    },
  };
}
