import { setTimeout as delay } from "node:timers/promises";
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type Driver,
  type SqliteDialectConfig,
} from "kysely";

/** A command beside the server holds the lock for one commit. */
const patienceMs = 10_000;
const retryMs = 5;

/**
 * SQLite for a connection that writes: each transaction takes the lock at its beginning. One that
 * read first would fail for good if another process wrote in between; this one can wait for its
 * turn, and does so without blocking the event loop.
 */
export function immediateDialect(config: SqliteDialectConfig): SqliteDialect {
  return new (class extends SqliteDialect {
    override createDriver(): Driver {
      return new ImmediateDriver(config);
    }
    /** SQLite undoes changes of the schema like any others. Kysely, not knowing, would migrate without a transaction. */
    override createAdapter(): SqliteAdapter {
      return Object.defineProperty(new SqliteAdapter(), "supportsTransactionalDdl", { value: true });
    }
  })(config);
}

class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const giveUpAt = performance.now() + patienceMs;
    for (;;) {
      try {
        await connection.executeQuery(CompiledQuery.raw("begin immediate"));
        return;
      } catch (error) {
        const busy = (error as { code?: string }).code?.startsWith("SQLITE_BUSY");
        if (!busy || performance.now() > giveUpAt) throw error;
      }
      await delay(retryMs);
    }
  }
}
