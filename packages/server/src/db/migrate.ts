import type { Kysely } from "kysely";
import { Migrator, type Migration } from "kysely/migration";
import type { Database } from "./database.ts";
import type { Engine } from "./engine.ts";
import { start } from "./migrations/0001-start.ts";
import { groupsAndAccounts } from "./migrations/0002-groups-and-accounts.ts";

function migrations(engine: Engine): Record<string, Migration> {
  return { "0001-start": start(engine), "0002-groups-and-accounts": groupsAndAccounts(engine) };
}

/** Brings the schema up to date, all in one transaction: after a failure the database is as it was. */
export async function migrate(db: Kysely<Database>, engine: Engine): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations(engine) } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw new Error("The database could not be brought up to date.", { cause: error });
}
