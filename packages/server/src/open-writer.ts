import type { OpenDatabase } from "./db/open-database.ts";
import { createGroupCommit } from "./log/group-commit.ts";
import { createLocalWriter } from "./log/local-writer.ts";
import { createThreadWriter } from "./log/thread-writer.ts";
import type { Commit, Writer } from "./log/writer.ts";

export interface OpenWriterOptions {
  readonly onCommit: (commit: Commit) => void;
  /** Hears that nothing can be written any more, whatever is tried. */
  readonly onFailure: (error: Error) => void;
}

/** Built, it is a file beside this one; in a checkout, Node strips its types. */
const threadModule = new URL(
  `./writer-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`,
  import.meta.url,
);

/**
 * Opens the way to write: for SQLite a thread that waits for the disk in our stead, for PostgreSQL
 * a connection on which it is another machine that waits.
 */
export function openWriter(
  { engine, location, writeDb }: OpenDatabase,
  { onCommit, onFailure }: OpenWriterOptions,
): Writer {
  return engine === "sqlite"
    ? createThreadWriter({ module: threadModule, path: location, onCommit, onFailure })
    : createLocalWriter(createGroupCommit({ db: writeDb, onCommit }));
}
