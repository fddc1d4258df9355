import type { Kysely } from "kysely";
import type { Database } from "./database.ts";
import type { Engine } from "./engine.ts";

/** Runs reads that all see the database as of one moment. `work` may await nothing but queries. */
export type Snapshot = <Result>(work: (db: Kysely<Database>) => Promise<Result>) => Promise<Result>;

/** An open database: a connection that writes, those that read, and how to leave it tidy. */
export interface OpenDatabase {
  readonly engine: Engine;
  readonly writeDb: Kysely<Database>;
  readonly readDb: Kysely<Database>;
  readonly snapshot: Snapshot;
  /** Closes all connections; of SQLite also moves the write-ahead log into the database file. */
  close(): Promise<void>;
}
