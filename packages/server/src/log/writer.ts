import { sql, type Kysely, type Transaction } from "kysely";
import type { Database } from "../db/database.ts";
import { DomainError } from "../lib/domain-error.ts";
import { appendToLog, lockLogHead, type NewEvent } from "./append.ts";

/** What a write works with: the open transaction, and the events it causes. */
export interface WriteTransaction {
  readonly db: Transaction<Database>;
  /** Adds an event to the log in this transaction, and returns its position there. */
  emit(event: NewEvent): Promise<number>;
}

/**
 * The only way to change the database. Writes that arrive together share one transaction
 * and one sync to disk, yet each succeeds or fails alone. The promise settles after the
 * commit: what it resolved is durable.
 */
export interface Writer {
  /** `work` may await nothing but queries on `tx.db`: the whole batch waits for it. */
  run<Result>(work: (tx: WriteTransaction) => Promise<Result>): Promise<Result>;
  /** Waits for the writes under way and refuses new ones. */
  close(): Promise<void>;
}

export interface WriterDeps {
  readonly db: Kysely<Database>;
  /** Called after each commit that added events, with the new head of the log. */
  readonly onCommit: (head: number) => void;
  /** Hears of each commit, once it is durable, how many writes shared it and how long it took. */
  readonly observe?: (commit: {
    readonly jobs: number;
    readonly seconds: number;
    readonly syncSeconds: number;
  }) => void;
  /** A clock that only goes forward, in milliseconds. */
  readonly stopwatch?: () => number;
}

interface Job {
  readonly work: (tx: WriteTransaction) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The events of one transaction: `head` is where the log ended before, once it is locked. */
interface BatchLog {
  head: number | undefined;
  readonly events: NewEvent[];
}

const batchSize = 256;

export function createWriter(deps: WriterDeps): Writer {
  const { db, onCommit, observe, stopwatch = () => performance.now() } = deps;
  let waiting: Job[] = [];
  let draining: Promise<void> | undefined;
  let closed = false;

  async function drain(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchSize);
      waiting = waiting.slice(batchSize);
      await commit(batch);
    }
    draining = undefined;
  }

  async function commit(batch: readonly Job[]): Promise<void> {
    const settle: (() => void)[] = [];
    let head: number | undefined;
    const began = stopwatch();
    let written = began;
    try {
      await db.transaction().execute(async (trx) => {
        const log: BatchLog = { head: undefined, events: [] };
        for (const job of batch) settle.push(await runJob(trx, job, log));
        if (log.head !== undefined && log.events.length > 0)
          head = await appendToLog(trx, log.head, log.events);
        written = stopwatch();
      });
    } catch (cause) {
      const error = new DomainError("STORAGE_UNAVAILABLE", { cause });
      for (const job of batch) job.reject(error);
      return;
    }
    const durable = stopwatch();
    observe?.({
      jobs: batch.length,
      seconds: (durable - began) / 1000,
      syncSeconds: (durable - written) / 1000,
    });
    for (const outcome of settle) outcome();
    if (head !== undefined) onCommit(head);
  }

  /** Runs one write inside a savepoint of its own, so that its failure undoes nothing else. */
  async function runJob(trx: Transaction<Database>, job: Job, log: BatchLog): Promise<() => void> {
    const before = { head: log.head, count: log.events.length };
    async function emit(event: NewEvent): Promise<number> {
      log.head ??= await lockLogHead(trx);
      return log.head + log.events.push(event);
    }
    await sql`savepoint job`.execute(trx);
    try {
      const value = await job.work({ db: trx, emit });
      await sql`release savepoint job`.execute(trx);
      return () => job.resolve(value);
    } catch (error) {
      // With the savepoint goes a lock that was taken after it.
      log.head = before.head;
      log.events.length = before.count;
      await sql`rollback to savepoint job`.execute(trx);
      await sql`release savepoint job`.execute(trx);
      return () => job.reject(error);
    }
  }

  return {
    run<Result>(work: (tx: WriteTransaction) => Promise<Result>): Promise<Result> {
      if (closed)
        return Promise.reject(new DomainError("OVERLOADED", { message: "The server is stopping." }));
      return new Promise<Result>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
        draining ??= drain();
      });
    },
    async close() {
      closed = true;
      await draining;
    },
  };
}
