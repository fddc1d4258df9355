import pg from "pg";
import type { PostgresPool, PostgresPoolClient } from "kysely";
import { DomainError } from "../lib/domain-error.ts";
import type { Logger } from "../lib/logger.ts";

/** How long the server lets a statement run, or a transaction do nothing. */
const statementTimeoutMs = 10_000;
/** Longer than PostgreSQL itself allows: whoever has not answered by then will not. */
const answerTimeoutMs = statementTimeoutMs + 2_000;
const connectTimeoutMs = 5_000;
/** Long enough for the end of a process to reach PostgreSQL, if another may start in its place. */
const lockTimeoutMs = 3_000;

export interface PoolOptions {
  readonly url: string;
  readonly connections: number;
  /** Makes a new connection fit for use; it is dropped if this fails. */
  readonly onConnect: (client: pg.ClientBase) => Promise<void>;
  readonly logger: Logger;
}

/** Connections that give up on a PostgreSQL that does not answer. Idle ones are kept for ever if there is only one. */
export function createPool({ url, connections, onConnect, logger }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: "causerie",
    max: connections,
    idleTimeoutMillis: connections === 1 ? 0 : 10_000,
    keepAlive: true,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: answerTimeoutMs,
    types: numbers,
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- it waits, though its type does not say so
    async onConnect(client) {
      await limitTimes(client);
      await onConnect(client);
    },
  });
  // The error itself carries the whole connection.
  const lost = ({ message }: Error) =>
    logger.warn({ reason: message }, "a connection to PostgreSQL was lost");
  // Without a listener the loss of a connection would end the process: the pool listens to idle ones only.
  pool.on("error", lost);
  pool.on("connect", (client) => client.on("error", lost));
  return pool;
}

/** By statements: PgBouncer refuses a connection that asks for these when it opens. */
async function limitTimes(client: pg.ClientBase): Promise<void> {
  await client.query(
    `set statement_timeout = ${statementTimeoutMs};
     set idle_in_transaction_session_timeout = ${statementTimeoutMs};
     set lock_timeout = ${lockTimeoutMs}`,
  );
}

/** 64-bit integers, and sums of them, which are numerics, come as numbers. Ours stay below 2^53. */
export const numbers: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    const { INT8, NUMERIC } = pg.types.builtins;
    return oid === INT8 || oid === NUMERIC
      ? Number
      : (pg.types.getTypeParser(oid, format) as (value: string) => unknown);
  },
};

/**
 * The pool as Kysely uses it. Where PostgreSQL cannot do its work the failure is
 * STORAGE_UNAVAILABLE, and the connection is not used again: it may be waiting for an answer still.
 */
export function reportingOutages(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect().catch((cause: unknown) => {
        throw unavailable(cause);
      });
      let outage: DomainError | undefined;
      async function query(text: string, parameters: readonly unknown[]) {
        if (outage) throw outage;
        try {
          return await client.query(text, [...parameters]);
        } catch (error) {
          if (isOutage(error)) throw (outage = unavailable(error));
          // It names the values at fault, such as an e-mail address, which no log may hold.
          if (error instanceof pg.DatabaseError) error.detail = undefined;
          throw error;
        }
      }
      return {
        // Its other form, with a cursor, is for streams, of which there are none here.
        query: query as unknown as PostgresPoolClient["query"],
        release: (destroy) => client.release(destroy || outage !== undefined),
      };
    },
  };
}

const unavailable = (cause: unknown) => new DomainError("STORAGE_UNAVAILABLE", { cause });

/**
 * SQLSTATEs that say that PostgreSQL cannot do now what it could do at another time: connection,
 * idle or read-only transaction, rollback, resources, lock, operator, system, internal.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const outageCodes = /^(08|25006|25P03|40|53|55P03|57|58|XX)/;

/** What is no answer of PostgreSQL's is a connection that failed. */
function isOutage(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || outageCodes.test(error.code ?? "");
}
