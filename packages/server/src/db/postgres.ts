import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Logger } from "../lib/logger.ts";
import { StartupError } from "../lib/startup-error.ts";
import type { Database } from "./database.ts";
import { migrate } from "./migrate.ts";
import type { OpenDatabase } from "./open-database.ts";
import { createPool, numbers, reportingOutages } from "./postgres-pool.ts";
import { explainPostgresError, locationOf } from "./postgres-start-errors.ts";

const readConnections = 10;
const oldestVersion = 14;
/** Any number that no other program takes: advisory locks of a database share one space. */
const serverLock = "7161438291502257";

export interface PostgresOptions {
  /** Whether a server may be using the database: then it keeps the lock, and this is a guest. */
  readonly beside?: boolean;
}

/**
 * Opens a PostgreSQL database, for this server alone unless `beside`. Throws a StartupError if it cannot be
 * reached or used, or if another server has it. What `url` leaves open comes from `PGUSER` and so on.
 */
export async function openPostgres(
  url: string,
  logger: Logger,
  { beside = false }: PostgresOptions = {},
): Promise<OpenDatabase> {
  const onConnect = beside ? commitDurably : becomeTheWriter;
  const writePool = createPool({ url, logger, connections: 1, onConnect });
  const readPool = createPool({ url, logger, connections: readConnections, onConnect: becomeAReader });
  try {
    const client = await writePool.connect();
    await requireUsable(client, url).finally(() => client.release());
  } catch (error) {
    await writePool.end();
    throw explainPostgresError(error, url);
  }
  const writeDb = kyselyOver(writePool);
  const readDb = kyselyOver(readPool);
  return {
    engine: "postgres",
    location: locationOf(url),
    writeDb,
    readDb,
    snapshot: (work) => readDb.transaction().setIsolationLevel("repeatable read").execute(work),
    async migrate() {
      // On a connection of its own, without limits of time: a large table may need long.
      const pool = new pg.Pool({
        connectionString: url,
        application_name: "causerie",
        max: 1,
        types: numbers,
      });
      const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
      try {
        await migrate(db, "postgres");
      } catch (error) {
        throw explainPostgresError(error, url);
      } finally {
        await db.destroy();
      }
    },
    async close() {
      // Kysely would leave open what it has not used yet.
      await Promise.all([readPool.end(), writePool.end()]);
    },
  };
}

function kyselyOver(pool: pg.Pool): Kysely<Database> {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool: reportingOutages(pool) }) });
}

/**
 * The lock lives as long as the connection that writes, and so does the right to write: after
 * PostgreSQL was restarted, nothing is written before the lock is held again. Should this machine
 * vanish, the keep-alive lets PostgreSQL notice within a minute and free the lock.
 */
async function becomeTheWriter(client: pg.ClientBase): Promise<void> {
  await commitDurably(client);
  await client.query(
    `set tcp_keepalives_idle = 20; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3`,
  );
  try {
    await client.query(`select pg_advisory_lock(${serverLock})`);
  } catch (cause) {
    throw new Error("The lock that lets this server write cannot be had: another Causerie process has it.", {
      cause,
    });
  }
}

async function commitDurably(client: pg.ClientBase): Promise<void> {
  await client.query("set synchronous_commit = on");
}

async function becomeAReader(client: pg.ClientBase): Promise<void> {
  await client.query("set default_transaction_read_only = on");
}

async function requireUsable(client: pg.ClientBase, url: string): Promise<void> {
  const { rows } = await client.query<{ version: string; encoding: string }>(
    "select current_setting('server_version') as version, current_setting('server_encoding') as encoding",
  );
  const [{ version, encoding } = { version: "", encoding: "" }] = rows;
  if (Number.parseInt(version) < oldestVersion) {
    throw new StartupError(
      `PostgreSQL ${version} at ${locationOf(url)} is too old: Causerie needs ${oldestVersion} or newer.`,
    );
  }
  if (encoding !== "UTF8") {
    throw new StartupError(
      `The database ${locationOf(url)} stores text as ${encoding}: create one with the encoding UTF8.`,
    );
  }
}
