import { postgresFolder } from "../../tests/support/postgres/binaries.ts";
import { startPostgres } from "../../tests/support/postgres/server.ts";
import { createTestDatabase } from "../../packages/server/src/db/test-database.testing.ts";
import type { BenchmarkOptions } from "./benchmark.ts";
import { createDataFolder, type DataFolder } from "./data-folder.ts";

/** An engine that data can be kept on. */
export interface BenchEngine extends AsyncDisposable {
  readonly name: string;
  createFolder(people: number): Promise<DataFolder>;
}

type EngineOptions = Pick<BenchmarkOptions, "progress" | "sqliteOnly">;

/** SQLite, and a PostgreSQL that syncs as it does by default, where there is one for this platform. */
export async function startEngines({ progress, sqliteOnly = false }: EngineOptions): Promise<BenchEngine[]> {
  const sqlite: BenchEngine = {
    name: "SQLite",
    createFolder: (people) => createDataFolder(people),
    [Symbol.asyncDispose]: async () => {},
  };
  if (sqliteOnly) return [sqlite];
  if (postgresFolder(18) === undefined) {
    progress("there is no PostgreSQL 18 for this platform among the packages");
    return [sqlite];
  }
  progress("starting PostgreSQL 18");
  const server = await startPostgres(18, { sync: true });
  return [
    sqlite,
    {
      name: "PostgreSQL 18",
      async createFolder(people) {
        const database = await createTestDatabase(server.url);
        const folder = await createDataFolder(people, database);
        return {
          ...folder,
          async [Symbol.asyncDispose]() {
            await folder[Symbol.asyncDispose]();
            await database[Symbol.asyncDispose]();
          },
        };
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    },
  ];
}
