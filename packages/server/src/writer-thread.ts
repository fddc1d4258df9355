import { parentPort, workerData } from "node:worker_threads";
import { openSqliteWriter } from "./db/sqlite-writer.ts";
import { createGroupCommit } from "./log/group-commit.ts";
import { serveWrites } from "./log/serve-writes.ts";
import type { WriterThreadData } from "./log/thread-messages.ts";
import { writes } from "./writes.ts";

/** A call is not kept waiting longer while another process has the lock. */
const patienceMs = 2_000;

if (!parentPort) throw new Error("This module runs in a thread of the server.");
const { path } = workerData as WriterThreadData;
const writer = openSqliteWriter(path, patienceMs);

serveWrites({
  port: parentPort,
  writes,
  open: (onCommit) => createGroupCommit({ db: writer.db, onCommit }),
  onClose: writer.close,
});
