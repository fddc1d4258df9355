import { sql, type Kysely, type Transaction } from "kysely";
import type { Database } from "../db/database.ts";
import { isStorageFailure, storageError } from "../db/storage-error.ts";
import { DomainError } from "../lib/domain-error.ts";
import { appendToLog, lockLogHead } from "./append.ts";
import type { NewEvent, WriteTransaction } from "./write-transaction.ts";
import type { Commit } from "./writer.ts";

type Work<Result> = (tx: WriteTransaction) => Promise<Result>;

/** Runs writes one after the other, as many as wait in one transaction. */
export interface GroupCommit {
  run<Result>(work: Work<Result>): Promise<Result>;
  /** Waits for the writes under way and refuses new ones. */
  close(): Promise<void>;
}

export interface GroupCommitDeps {
  readonly db: Kysely<Database>;
  /** Hears of each commit, after the writes in it have settled. */
  readonly onCommit: (commit: Commit) => void;
}

interface Job {
  readonly work: Work<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The events of one transaction: `head` is where the log ended before, once it is locked. */
interface BatchLog {
  head: number | undefined;
  readonly events: NewEvent[];
}

/** How one write ended, told when the transaction has ended too. */
type Settle = () => void;

type RunBatch = (trx: Transaction<Database>, batch: readonly Job[], log: BatchLog) => Promise<Settle[]>;

/** Says that a write failed. Which one, and how, shows when all are run again. */
const oneFailed = new Error("A write of the batch failed.");

const batchSize = 256;
/** Who fails may go on failing: this many batches after one are not tried without savepoints. */
const carefulBatches = 16;
/** More than this many cannot be served in time: better say so. */
const queueLimit = 20_000;

export function createGroupCommit({ db, onCommit }: GroupCommitDeps): GroupCommit {
  const waiting: Job[] = [];
  let draining: Promise<void> | undefined;
  let closed = false;
  let careful = 0;

  async function drain(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) await commitNext();
    draining = undefined;
  }

  async function commitNext(): Promise<void> {
    let batch: Job[] = [];
    // Who comes while the lock is waited for is taken along.
    const take = () => (batch = waiting.splice(0, batchSize));
    try {
      if (careful > 0) {
        careful -= 1;
        await commit(take, runEach);
      } else if (!(await commit(take, runAll))) {
        // All are run again, each in a savepoint of its own.
        careful = carefulBatches;
        await commit(() => batch, runEach);
      }
    } catch (cause) {
      const error = storageError(cause);
      // Without the lock nobody was taken, and whoever waits has waited in vain.
      for (const job of batch.length > 0 ? batch : waiting.splice(0)) job.reject(error);
    }
  }

  /** Runs a batch in one transaction. False, with nothing changed, when one of it failed. */
  async function commit(take: () => readonly Job[], run: RunBatch): Promise<boolean> {
    const log: BatchLog = { head: undefined, events: [] };
    let beganAt = 0;
    let ranAt = 0;
    let settle: Settle[];
    try {
      settle = await db.transaction().execute(async (trx) => {
        beganAt = performance.now();
        const ran = await run(trx, take(), log);
        if (log.head !== undefined && log.events.length > 0) await appendToLog(trx, log.head, log.events);
        ranAt = performance.now();
        return ran;
      });
    } catch (error) {
      if (error === oneFailed) return false;
      throw error;
    }
    const durableAt = performance.now();
    for (const outcome of settle) outcome();
    onCommit({
      events: writtenEvents(log),
      writes: settle.length,
      transactionMs: durableAt - beganAt,
      commitMs: durableAt - ranAt,
    });
    return true;
  }

  return {
    run<Result>(work: Work<Result>): Promise<Result> {
      if (closed)
        return Promise.reject(new DomainError("OVERLOADED", { message: "The server is stopping." }));
      if (waiting.length >= queueLimit) return Promise.reject(new DomainError("OVERLOADED"));
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

/** Runs the writes with nothing between them, and gives up when one fails. */
async function runAll(trx: Transaction<Database>, batch: readonly Job[], log: BatchLog): Promise<Settle[]> {
  const tx = writeTransaction(trx, log);
  const settle: Settle[] = [];
  for (const job of batch) {
    const value = await job.work(tx).catch(() => {
      throw oneFailed;
    });
    settle.push(() => job.resolve(value));
  }
  return settle;
}

/** Runs each write inside a savepoint of its own, so that its failure undoes nothing else. */
async function runEach(trx: Transaction<Database>, batch: readonly Job[], log: BatchLog): Promise<Settle[]> {
  const tx = writeTransaction(trx, log);
  const settle: Settle[] = [];
  for (const job of batch) {
    const before = { head: log.head, count: log.events.length };
    await sql`savepoint job`.execute(trx);
    try {
      const value = await job.work(tx);
      settle.push(() => job.resolve(value));
    } catch (error) {
      // It is the disk that failed, not the write: SQLite may have undone everything by itself.
      if (isStorageFailure(error)) throw error;
      // With the savepoint goes a lock that was taken after it.
      log.head = before.head;
      log.events.length = before.count;
      await sql`rollback to savepoint job`.execute(trx);
      settle.push(() => job.reject(error));
    }
    await sql`release savepoint job`.execute(trx);
  }
  return settle;
}

function writeTransaction(db: Transaction<Database>, log: BatchLog): WriteTransaction {
  return {
    db,
    async emit(event) {
      log.head ??= await lockLogHead(db);
      return log.head + log.events.push(event);
    },
  };
}

function writtenEvents({ head = 0, events }: BatchLog): Commit["events"] {
  return events.map(({ audience, content }, index) => ({ position: head + 1 + index, audience, content }));
}
