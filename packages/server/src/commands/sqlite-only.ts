import type { Config } from "../config.ts";
import { StartupError } from "../lib/startup-error.ts";

/** Refuses a command that works on SQLite's file, when the data is in PostgreSQL. */
export function sqliteOnly({ DATABASE_URL }: Config, instead: string): void {
  if (DATABASE_URL !== undefined)
    throw new StartupError(`The data is in PostgreSQL (DATABASE_URL): ${instead}`);
}
