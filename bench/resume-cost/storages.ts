import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { OpenDatabase } from "../../packages/server/src/db/open-database.ts";
import { openPostgres } from "../../packages/server/src/db/postgres.ts";
import { openSqlite } from "../../packages/server/src/db/sqlite.ts";
import { createTestDatabase, querySqlite } from "../../packages/server/src/db/test-database.testing.ts";
import type { Storage } from "../../tests/support/storage.ts";

/** A storage that is filled behind the back of its server, while that is stopped. */
export interface FilledStorage extends Storage {
  /** The SQL of a table of one column, `x`, with the numbers from 1 to `count`. */
  numbers(count: number): string;
  /** Lets the engine know how much there is now, as it would find out by itself in time. */
  settle(): Promise<void>;
}

/** Makes storages on one engine: on SQLite, or on the PostgreSQL at `url`. */
export function storagesOn(url: string | undefined): () => Promise<FilledStorage> {
  return async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "causerie-bench-"));
    const removeFolder = () => rm(dataDir, { recursive: true, force: true });
    const noContents = () => Promise.reject(new Error("A benchmark reads no contents."));
    if (url === undefined) {
      const path = join(dataDir, "causerie.db");
      return {
        env: { DATA_DIR: dataDir },
        dataDir,
        query: async (sql) => querySqlite(path, sql),
        open: () => openSqlite(path, { beside: true }),
        contents: noContents,
        numbers: (count) =>
          `(with recursive n (x) as (select 1 union all select x + 1 from n where x < ${count}) select x from n) as n`,
        settle: async () => void querySqlite(path, "pragma wal_checkpoint(truncate)"),
        [Symbol.asyncDispose]: removeFolder,
      };
    }
    const database = await createTestDatabase(url);
    return {
      env: { DATA_DIR: dataDir, DATABASE_URL: database.url },
      dataDir,
      query: (sql) => database.query(sql),
      open: (): Promise<OpenDatabase> =>
        openPostgres(database.url, pino({ level: "silent" }), { beside: true }),
      contents: noContents,
      numbers: (count) => `generate_series(1, ${count}) as n (x)`,
      settle: async () => void (await database.query("vacuum analyze")),
      async [Symbol.asyncDispose]() {
        await database[Symbol.asyncDispose]();
        await removeFolder();
      },
    };
  };
}
