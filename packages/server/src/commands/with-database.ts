import { existsSync } from "node:fs";
import type { Kysely } from "kysely";
import type { Config } from "../config.ts";
import { databasePath } from "../db/data-dir.ts";
import type { Database } from "../db/database.ts";
import { openLockedSqlite } from "../db/locked-sqlite.ts";
import { isUpToDate } from "../db/migrate.ts";
import type { OpenDatabase } from "../db/open-database.ts";
import { openPostgres } from "../db/postgres.ts";
import { openSqlite } from "../db/sqlite.ts";
import { createLogger } from "../lib/logger.ts";
import { StartupError } from "../lib/startup-error.ts";
import { createGroupCommit, type GroupCommit } from "../log/group-commit.ts";

/** How a command uses the database: beside a running server, or alone, when none may run. */
export type Use = "beside" | "alone";

/** What a command works with. */
export interface CommandDatabase {
  readonly db: Kysely<Database>;
  readonly writer: GroupCommit;
}

/**
 * Opens the database that the configuration names, does `work`, and closes it. Alone, it brings
 * the schema up to date as a start does, and refuses while a server runs; beside a server it
 * changes nothing but what `work` changes. Throws a StartupError it can explain.
 */
export async function withDatabase<Result>(
  config: Config,
  use: Use,
  work: (database: CommandDatabase) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase(config, use);
  try {
    if (use === "alone") await database.migrate();
    else if (!(await isUpToDate(database.readDb, database.engine))) {
      throw new StartupError(
        "The database is of an older version: start the server once to bring it up to date.",
      );
    }
    // Nobody is rung: what commands change causes no events.
    const writer = createGroupCommit({ db: database.writeDb, onCommit: () => undefined });
    return await work({ db: database.readDb, writer });
  } finally {
    await database.close();
  }
}

/** The one place where commands choose an engine. */
async function openDatabase({ DATA_DIR, DATABASE_URL, LOG_LEVEL }: Config, use: Use): Promise<OpenDatabase> {
  const beside = use === "beside";
  if (DATABASE_URL !== undefined)
    return await openPostgres(DATABASE_URL, createLogger(LOG_LEVEL), { beside });
  const path = databasePath(DATA_DIR);
  if (!existsSync(path)) {
    throw new StartupError(
      `There is no database in ${DATA_DIR}: start the server there once, or set DATA_DIR to its folder.`,
    );
  }
  return beside ? await openSqlite(path, { beside }) : await openLockedSqlite(DATA_DIR);
}
