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

/** A connection that writes. */
export interface WritingConnection {
  /** Whether a transaction is open: SQLite ends one by itself when the disk is full. */
  isInTransaction(): boolean;
  /** How long a transaction may wait for the lock that another process has; ms. */
  readonly patienceMs: number;
}

const retryMs = 5;

/**
 * SQLite for a connection that writes: each transaction takes the lock at its beginning. One that
 * read first would fail for good if another process wrote in between; this one can wait for its
 * turn, and does so without blocking the event loop.
 */
export function immediateDialect(config: SqliteDialectConfig & WritingConnection): SqliteDialect {
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
  readonly #connection: WritingConnection;

  constructor(config: SqliteDialectConfig & WritingConnection) {
    super(config);
    this.#connection = config;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const giveUpAt = performance.now() + this.#connection.patienceMs;
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

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#connection.isInTransaction()) await super.rollbackTransaction(connection);
  }
}
