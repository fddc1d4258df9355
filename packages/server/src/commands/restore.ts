import { rmSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { lockDataDir } from "../db/data-dir-lock.ts";
import { databasePath, makeDataDir } from "../db/data-dir.ts";
import { replaceDatabase } from "../db/replace-database.ts";
import { checkDatabase, copyDatabase, syncPath } from "../db/sqlite-file.ts";
import { openSqlite } from "../db/sqlite.ts";
import { createGroupCommit } from "../log/group-commit.ts";
import { afterRestore } from "./after-restore.ts";
import { readSettings } from "./read-settings.ts";
import { say, stamp } from "./say.ts";
import { sqliteOnly } from "./sqlite-only.ts";

/** `causerie restore`: puts a backup in the place of the database, while no server runs. */
export function addRestore(program: Command): void {
  program
    .command("restore")
    .description("put a backup in the place of the database, which is kept; the server must be stopped")
    .argument("<file>", "a backup")
    .action(restore);
}

async function restore(file: string): Promise<void> {
  const config = readSettings();
  const { DATA_DIR } = config;
  sqliteOnly(config, "stop the servers, restore it with pg_restore, then run `causerie new-epoch`.");
  makeDataDir(DATA_DIR);
  const unlock = lockDataDir(DATA_DIR);
  try {
    const backup = resolve(file);
    say(`Checking ${backup} …`);
    checkDatabase(backup);

    const incoming = `${databasePath(DATA_DIR)}.restoring`;
    const clear = () => ["", "-wal", "-shm"].forEach((suffix) => rmSync(incoming + suffix, { force: true }));
    clear();
    try {
      say("Copying it …");
      copyDatabase(backup, incoming);
      await prepare(incoming);
      const aside = replaceDatabase(DATA_DIR, incoming, `replaced-${stamp()}`);
      if (aside !== undefined) say(`The database that was there is in ${aside}.`);
    } finally {
      clear();
    }
  } finally {
    unlock();
  }
  process.stdout.write("The backup is restored: start the server. Everybody has to sign in again.\n");
}

/** Makes the copy what the server can go on with, before it takes the place of anything. */
async function prepare(path: string): Promise<void> {
  const database = await openSqlite(path);
  try {
    await database.migrate();
    const writer = createGroupCommit({ db: database.writeDb, onCommit: () => undefined });
    await writer.run(afterRestore);
  } finally {
    await database.close();
  }
  syncPath(path);
}
