import { createRequire } from "node:module";
import { resolve } from "node:path";

/** What these tests use of better-sqlite3. */
export interface SqliteFile {
  pragma(text: string): unknown;
  exec(text: string): void;
  prepare(text: string): {
    run(...values: unknown[]): { lastInsertRowid: number | bigint };
    all(): unknown[];
  };
  close(): void;
}

interface PostgresClient {
  connect(): Promise<void>;
  query(text: string): Promise<unknown>;
  end(): Promise<void>;
}

const ofServer = createRequire(resolve(import.meta.dirname, "../../../packages/server/package.json"));

/** Opens a file with the SQLite that the server uses, in a process that is not the server. */
export function openSqliteFile(path: string, options: { timeout?: number } = {}): SqliteFile {
  const Sqlite = ofServer("better-sqlite3") as new (path: string, options: object) => SqliteFile;
  return new Sqlite(path, options);
}

/** Runs one statement at a PostgreSQL. */
export async function queryPostgres(url: string, text: string): Promise<void> {
  const { Client } = ofServer("pg") as { Client: new (options: object) => PostgresClient };
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
