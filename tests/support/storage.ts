import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createTestDatabase,
  querySqlite,
  testEngine,
  type TestDatabase,
} from "../../packages/server/src/db/test-database.testing.ts";

/** Where servers of a test keep their data: a folder and, on PostgreSQL, a database. Both go away with it. */
export interface Storage extends AsyncDisposable {
  /** What makes a server use it. */
  readonly env: Readonly<Record<string, string>>;
  readonly dataDir: string;
  /** Runs SQL beside a running server, or behind its back. Returns the rows. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** All that is stored, as text that can be searched: every byte of the folder, every row of the database. */
  contents(): Promise<string>;
}

/** Makes a storage on the engine of the project that runs this test. */
export async function createStorage(): Promise<Storage> {
  const dataDir = await mkdtemp(join(tmpdir(), "causerie-test-"));
  const database = testEngine === "postgres" ? await createTestDatabase() : sqliteIn(dataDir);
  return {
    env: { DATA_DIR: dataDir, ...(database.url === undefined ? {} : { DATABASE_URL: database.url }) },
    dataDir,
    query: (sql) => database.query(sql),
    async contents() {
      const names = await readdir(dataDir);
      const files = await Promise.all(names.map((name) => readFile(join(dataDir, name), "latin1")));
      return [...files, ...(database.url === undefined ? [] : await dump(database))].join("\n");
    },
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

type AnyDatabase = Omit<TestDatabase, "url"> & { readonly url?: string };

function sqliteIn(dataDir: string): AnyDatabase {
  return {
    query: async (sql) => querySqlite(join(dataDir, "causerie.db"), sql),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function dump(database: AnyDatabase): Promise<string[]> {
  const tables = await database.query("select tablename as name from pg_tables where schemaname = 'public'");
  const rows = await Promise.all(
    tables.map(({ name }) => database.query(`select row_to_json(t)::text as row from "${String(name)}" t`)),
  );
  return rows.flat().map(({ row }) => String(row));
}
