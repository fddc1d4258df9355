import { sql, type Kysely, type Transaction } from "kysely";
import type { Database } from "../db/database.ts";
import { DomainError } from "../lib/domain-error.ts";
import { appendToLog, type NewEvent } from "./append.ts";

/** What a write works with: the open transaction, and the events it causes. */
export interface WriteTransaction {
  readonly db: Transaction<Database>;
  /** Adds an event to the log in this transaction; it gets its position at the commit. */
  emit(event: NewEvent): void;
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
}

interface Job {
  readonly work: (tx: WriteTransaction) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const batchSize = 256;

export function createWriter({ db, onCommit }: WriterDeps): Writer {
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
    try {
      await db.transaction().execute(async (trx) => {
        const events: NewEvent[] = [];
        for (const job of batch) settle.push(await runJob(trx, job, events));
        head = await appendToLog(trx, events);
      });
    } catch (cause) {
      const error = new DomainError("STORAGE_UNAVAILABLE", { cause });
      for (const job of batch) job.reject(error);
      return;
    }
    for (const outcome of settle) outcome();
    if (head !== undefined) onCommit(head);
  }

  /** Runs one write inside a savepoint of its own, so that its failure undoes nothing else. */
  async function runJob(trx: Transaction<Database>, job: Job, events: NewEvent[]): Promise<() => void> {
    const emitted: NewEvent[] = [];
    await sql`savepoint job`.execute(trx);
    try {
      const value = await job.work({ db: trx, emit: (event) => emitted.push(event) });
      await sql`release savepoint job`.execute(trx);
      events.push(...emitted);
      return () => job.resolve(value);
    } catch (error) {
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
