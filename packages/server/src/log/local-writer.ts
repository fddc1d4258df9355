import type { GroupCommit } from "./group-commit.ts";
import type { Writer } from "./writer.ts";

/** Makes writes in this thread: for a database that answers over the network. */
export function createLocalWriter(groupCommit: GroupCommit): Writer {
  return {
    run: (write, input) => groupCommit.run((tx) => write.work(tx, input)),
    close: groupCommit.close,
  };
}
