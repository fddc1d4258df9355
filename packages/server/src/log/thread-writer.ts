import { Worker } from "node:worker_threads";
import { DomainError } from "../lib/domain-error.ts";
import { fromPlainError, type FromThread, type ToThread, type WriteRequest } from "./thread-messages.ts";
import type { Commit, Writer } from "./writer.ts";

export interface ThreadWriterDeps {
  /** The module that runs in the thread. */
  readonly module: URL;
  /** The database file. */
  readonly path: string;
  readonly onCommit: (commit: Commit) => void;
  /** Hears that the thread ended without being asked: nothing can be written any more. */
  readonly onFailure: (error: Error) => void;
}

interface Caller {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** More than this many cannot be served in time: better say so. */
const queueLimit = 20_000;

/**
 * Makes writes in a thread of its own, so that neither a sync to disk nor a lock holds up anybody
 * else. What comes in during a turn travels in one message, and so do the answers.
 */
export function createThreadWriter({ module, path, onCommit, onFailure }: ThreadWriterDeps): Writer {
  const worker = new Worker(module, { workerData: { path }, ...optionsOfThread() });
  const waiting = new Map<number, Caller>();
  let outgoing: WriteRequest[] = [];
  let lastId = 0;
  let closed = false;
  let failure: Error | undefined;

  const post = (message: ToThread) => worker.postMessage(message);

  function flush(): void {
    const writes = outgoing;
    outgoing = [];
    if (!failure && writes.length > 0) post({ writes });
  }

  function settle({ replies, commits }: FromThread): void {
    for (const reply of replies) {
      const caller = waiting.get(reply.id);
      waiting.delete(reply.id);
      if ("error" in reply) caller?.reject(fromPlainError(reply.error));
      else caller?.resolve(reply.value as never);
    }
    for (const commit of commits) onCommit(commit);
  }

  function fail(error: Error): void {
    if (failure) return;
    failure = error;
    for (const caller of waiting.values()) caller.reject(unavailable(error));
    waiting.clear();
    onFailure(error);
  }

  const ended = new Promise<void>((resolve) => {
    worker.on("exit", (code) => {
      if (!closed) fail(new Error(`The thread that writes ended with code ${code}.`));
      resolve();
    });
  });
  worker.on("message", settle);
  worker.on("error", fail);

  return {
    run<Input, Result>({ name }: { name: string }, input: Input): Promise<Result> {
      if (failure) return Promise.reject(unavailable(failure));
      if (closed)
        return Promise.reject(new DomainError("OVERLOADED", { message: "The server is stopping." }));
      if (waiting.size >= queueLimit) return Promise.reject(new DomainError("OVERLOADED"));
      return new Promise<Result>((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        if (outgoing.push({ id, name, input }) === 1) setImmediate(flush);
      });
    },

    async close() {
      if (!closed) {
        closed = true;
        flush();
        if (!failure) post({ close: true });
      }
      await ended;
    },
  };
}

const unavailable = (cause: Error) => new DomainError("STORAGE_UNAVAILABLE", { cause });

/**
 * A thread takes Node's options after us, which includes a program that was given there: then it gets
 * none, having a program of its own. Named one by one, options of the whole process would be refused.
 */
function optionsOfThread(): { execArgv?: string[] } {
  const isProgram = process.execArgv.some((option) => /^(--input-type|--eval|--print|-e|-p)\b/.test(option));
  return isProgram ? { execArgv: [] } : {};
}
