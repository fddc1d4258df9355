import type { MessagePort } from "node:worker_threads";
import type { GroupCommit } from "./group-commit.ts";
import { toPlainError, type FromThread, type ToThread, type WriteReply } from "./thread-messages.ts";
import type { Write } from "./write.ts";
import type { Commit } from "./writer.ts";

export interface ServeWritesOptions {
  readonly port: MessagePort;
  /** Every write of the program. */
  readonly writes: readonly Write<never, unknown>[];
  /** Makes the group commit; `onCommit` has to hear of its commits. */
  readonly open: (onCommit: (commit: Commit) => void) => GroupCommit;
  /** Called once everything that came in is written. */
  readonly onClose: () => Promise<void>;
}

/** Makes the writes that come in through `port`, and answers in one message what a commit settled. */
export function serveWrites({ port, writes, open, onClose }: ServeWritesOptions): void {
  const known = new Map(writes.map((write) => [write.name, write]));
  if (known.size < writes.length) throw new Error("Two writes have the same name.");
  let replies: WriteReply[] = [];
  let commits: Commit[] = [];

  function flush(): void {
    const message: FromThread = { replies, commits };
    replies = [];
    commits = [];
    port.postMessage(message);
  }

  /** A commit settles all its writes in one turn, and so they fit in one message. */
  function reply(outcome: WriteReply): void {
    if (replies.push(outcome) === 1) queueMicrotask(flush);
  }

  const groupCommit = open((commit) => void commits.push(commit));

  async function make(id: number, name: string, input: unknown): Promise<void> {
    try {
      const write = known.get(name);
      if (!write) throw new Error(`The write ${name} is not in the list of writes.`);
      reply({ id, value: await groupCommit.run((tx) => write.work(tx, input as never)) });
    } catch (error) {
      reply({ id, error: toPlainError(error) });
    }
  }

  port.on("message", (message: ToThread) => {
    if ("writes" in message) for (const { id, name, input } of message.writes) void make(id, name, input);
    else
      void groupCommit
        .close()
        .then(onClose)
        .then(() => port.close());
  });
}
