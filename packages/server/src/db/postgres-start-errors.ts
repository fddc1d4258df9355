import pg from "pg";
import { StartupError } from "../lib/startup-error.ts";

/** Where a URL leads, for people: host, port and database, without the password. */
export function locationOf(url: string): string {
  const { host, port, database } = new pg.Client(url);
  return `${database} on ${host.startsWith("/") ? host : `${host}:${port}`}`;
}

/** What keeps a server from starting on PostgreSQL, in a sentence that says what to do. */
export function explainPostgresError(error: unknown, url: string): Error {
  if (error instanceof StartupError) return error;
  const cause = rootOf(error);
  return new StartupError(sentenceFor(cause, url), { cause });
}

function sentenceFor(error: Error & { code?: string }, url: string): string {
  const { host, user } = new pg.Client(url);
  const where = locationOf(url);
  switch (error.code ?? "") {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `The host ${host} of DATABASE_URL is not known: correct it, or check the name service.`;
    case "28P01":
    case "28000":
      return `PostgreSQL refuses the user ${user} for the database ${where}: check user and password in DATABASE_URL.`;
    case "3D000":
      return `There is no database ${where}: create it, or correct DATABASE_URL.`;
    case "42501":
      return `The user ${user} may not create tables in the database ${where}: make it the owner of the database.`;
    case "55P03":
      return `Another Causerie process is using the database ${where}. Stop it first, or set DATABASE_URL to another database.`;
  }
  if (error instanceof pg.DatabaseError)
    return `PostgreSQL cannot serve the database ${where}: ${error.message}.`;
  return `PostgreSQL cannot be reached for the database ${where} (${error.code ?? error.message}): start it, or correct DATABASE_URL.`;
}

/** What the driver said first, below what was made of it. */
function rootOf(error: unknown): Error & { code?: string } {
  let root = error instanceof Error ? error : new Error(String(error));
  while (root.cause instanceof Error) root = root.cause;
  // A name with several addresses fails once for each of them.
  return root instanceof AggregateError && root.errors[0] instanceof Error ? root.errors[0] : root;
}
