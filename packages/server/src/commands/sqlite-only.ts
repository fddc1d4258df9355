import { StartupError } from "../lib/startup-error.ts";

/** Refuses a command that works on SQLite's file, when the data is in PostgreSQL. */
export function sqliteOnly(instead: string): void {
  if (process.env["DATABASE_URL"])
    throw new StartupError(`The data is in PostgreSQL (DATABASE_URL): ${instead}`);
}
