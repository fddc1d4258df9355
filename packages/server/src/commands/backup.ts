import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { databasePath, makeDataDir } from "../db/data-dir.ts";
import { checkDatabase, copyDatabase, syncPath } from "../db/sqlite-file.ts";
import { CommandError } from "../lib/command-error.ts";
import { readSettings } from "./read-settings.ts";
import { say, stamp } from "./say.ts";
import { sqliteOnly } from "./sqlite-only.ts";

/** `causerie backup`: copies the database while the server goes on. */
export function addBackup(program: Command): void {
  program
    .command("backup")
    .description("copy the database into a file, also while the server runs")
    .argument("[file]", "a new file; DATA_DIR/backups/causerie-<time>.db unless given")
    .action(backUp);
}

function backUp(file: string | undefined): void {
  const config = readSettings();
  const { DATA_DIR } = config;
  sqliteOnly(config, "back it up with pg_dump.");
  const source = databasePath(DATA_DIR);
  if (!existsSync(source))
    throw new CommandError(`There is no database in ${DATA_DIR}: nothing was backed up.`);

  const folder = join(DATA_DIR, "backups");
  if (file === undefined) makeDataDir(folder);
  const target = file === undefined ? join(folder, `causerie-${stamp()}.db`) : resolve(file);
  reserve(target);
  const partial = `${target}.${process.pid}.partial`;
  try {
    say(`Copying ${source} (${sizeOf(source, `${source}-wal`)}) …`);
    copyDatabase(source, partial);
    say("Checking the copy …");
    checkDatabase(partial);
    renameSync(partial, target);
    syncPath(dirname(target));
  } catch (error) {
    rmSync(partial, { force: true });
    rmSync(target, { force: true });
    throw error;
  }
  say(`The backup is complete (${sizeOf(target)}). The secret of the tokens is not in it.`);
  process.stdout.write(`${target}\n`);
}

/** Takes the name, so that nothing is overwritten; the file stays empty until the backup is complete. */
function reserve(target: string): void {
  try {
    closeSync(openSync(target, "wx", 0o600));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === "EEXIST" ? "exists already, and is not overwritten" : `cannot be written (${code})`;
    throw new CommandError(`${target} ${why}: name another file.`, { cause });
  }
}

function sizeOf(...paths: string[]): string {
  const bytes = paths.map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  return `${(bytes.reduce((sum, each) => sum + each) / 1e6).toFixed(1)} MB`;
}
