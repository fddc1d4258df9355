import type { Kysely } from "kysely";
import type { Database } from "./database.ts";
import type { Engine } from "./engine.ts";

/**
 * Runs reads that all see one state of the database, whatever is committed meanwhile. `work`
 * may await nothing but queries on the `db` it is given: on SQLite every other read waits for it.
 */
export type Snapshot = <Result>(work: (db: Kysely<Database>) => Promise<Result>) => Promise<Result>;

/** An open database: one connection that writes, others that read, and how to leave it tidy. */
export interface OpenDatabase {
  readonly engine: Engine;
  /** Where it is, for people: a file, or a database and its host. */
  readonly location: string;
  readonly writeDb: Kysely<Database>;
  readonly readDb: Kysely<Database>;
  readonly snapshot: Snapshot;
  /** Brings the schema up to date, all or nothing. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}
