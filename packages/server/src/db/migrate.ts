import { sql, type Kysely } from "kysely";
import { DEFAULT_MIGRATION_TABLE, Migrator, type Migration } from "kysely/migration";
import { StartupError } from "../lib/startup-error.ts";
import type { Database } from "./database.ts";
import type { Engine } from "./engine.ts";
import { start } from "./migrations/0001-start.ts";
import { groupsAndAccounts } from "./migrations/0002-groups-and-accounts.ts";
import { fewerIndexes } from "./migrations/0003-fewer-indexes.ts";
import { noIndexesByPerson } from "./migrations/0004-no-indexes-by-person.ts";
import { refreshAttempts } from "./migrations/0005-refresh-attempts.ts";

function migrations(engine: Engine): Record<string, Migration> {
  return {
    "0001-start": start(engine),
    "0002-groups-and-accounts": groupsAndAccounts(engine),
    "0003-fewer-indexes": fewerIndexes(),
    "0004-no-indexes-by-person": noIndexesByPerson(),
    "0005-refresh-attempts": refreshAttempts(),
  };
}

/**
 * Brings the schema up to date, all in one transaction: after a failure the database is as it
 * was. Throws a StartupError when a newer version of Causerie made it.
 */
export async function migrate(db: Kysely<Database>, engine: Engine): Promise<void> {
  await refuseNewer(db, engine);
  const { error } = await migratorOf(db, engine).migrateToLatest();
  if (error) throw new Error("The database could not be brought up to date.", { cause: error });
}

/** Whether the schema is what this version works with. */
export async function isUpToDate(db: Kysely<Database>, engine: Engine): Promise<boolean> {
  await refuseNewer(db, engine);
  const known = await migratorOf(db, engine).getMigrations();
  return known.every((migration) => migration.executedAt !== undefined);
}

async function refuseNewer(db: Kysely<Database>, engine: Engine): Promise<void> {
  const known = migrations(engine);
  const newer = (await appliedMigrations(db)).filter((name) => !Object.hasOwn(known, name));
  if (newer.length === 0) return;
  throw new StartupError(
    "The database was made by a newer version of Causerie: install that version, or a newer one.",
  );
}

async function appliedMigrations(db: Kysely<Database>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === DEFAULT_MIGRATION_TABLE)) return [];
  const applied = await sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(
    db,
  );
  return applied.rows.map((row) => row.name);
}

function migratorOf(db: Kysely<Database>, engine: Engine): Migrator {
  return new Migrator({ db, provider: { getMigrations: async () => migrations(engine) } });
}
