import { randomBytes } from "node:crypto";
import process from "node:process";
import SqliteDatabase from "better-sqlite3";
import pg from "pg";
import { inject } from "vitest";
import { numbers } from "./postgres-pool.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A superuser's URL, in the projects whose tests run on PostgreSQL. */
    postgresUrl?: string;
  }
}

/** An empty PostgreSQL database of a test's own; it goes away with everything in it. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  query(sql: string): Promise<Record<string, unknown>[]>;
}

/** Benchmarks use servers and databases as tests do, but without the runner that says where they are. */
const projectUrl = process.env["VITEST"] === undefined ? undefined : inject("postgresUrl");

/** The engine of the project that runs this test. */
export const testEngine = projectUrl === undefined ? "sqlite" : "postgres";

/** Creates a database on the project's PostgreSQL, or on the one at `serverUrl`. */
export async function createTestDatabase(serverUrl = projectUrl): Promise<TestDatabase> {
  if (serverUrl === undefined) throw new Error("This project's tests run on SQLite.");
  const name = `test_${randomBytes(8).toString("hex")}`;
  const url = Object.assign(new URL(serverUrl), { pathname: name }).href;
  await queryAt(serverUrl, `create database ${name}`);
  return {
    url,
    query: (sql) => queryAt(url, sql),
    async [Symbol.asyncDispose]() {
      await queryAt(serverUrl, `drop database ${name} with (force)`);
    },
  };
}

/**
 * Runs SQL on a file that a server of this process may have open. It must be the server's own SQLite
 * library: closing a file in another one drops the locks that this process holds on it.
 * @see https://www.sqlite.org/howtocorrupt.html#_multiple_copies_of_sqlite_linked_into_the_same_application
 */
export function querySqlite(path: string, sql: string): Record<string, unknown>[] {
  const database = new SqliteDatabase(path);
  try {
    const statement = database.prepare(sql);
    if (statement.reader) return statement.all() as Record<string, unknown>[];
    statement.run();
    return [];
  } finally {
    database.close();
  }
}

async function queryAt(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, types: numbers });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
