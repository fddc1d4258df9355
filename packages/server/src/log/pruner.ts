import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { Writer, WriteTransaction } from "./writer.ts";

/** Keeps the log from growing for ever. Messages are not its business: they stay. */
export interface Pruner {
  /** Prunes now, and every hour after the last time. */
  start(): void;
  /** Waits for the batch under way and begins no other. */
  stop(): Promise<void>;
}

export interface PrunerDeps {
  readonly writer: Writer;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Events older than this are deleted; ms. */
  readonly retentionMs: number;
}

const everyMs = 3_600_000;
/** A few milliseconds of work: other writes wait for a batch, and go in between two. */
const batchSize = 500;

/** Deletes events that are older than `retentionMs`, oldest first, and raises the log's floor. */
export function createPruner({ writer, clock, logger, retentionMs }: PrunerDeps): Pruner {
  let cancelNext = () => {};
  let underWay = Promise.resolve();
  let stopped = false;

  async function prune(): Promise<void> {
    const before = clock.now() - retentionMs;
    try {
      let more = true;
      while (more && !stopped) more = await writer.run((tx) => pruneBatch(tx, before));
    } catch (error) {
      logger.error({ err: error }, "old events could not be deleted; trying again in an hour");
    }
    if (!stopped) cancelNext = clock.after(everyMs, begin);
  }

  function begin(): void {
    underWay = prune();
  }

  return {
    start: begin,
    async stop() {
      stopped = true;
      cancelNext();
      await underWay;
    },
  };
}

/** Deletes the oldest events made before `before`; whether there may be others. */
async function pruneBatch({ db }: WriteTransaction, before: number): Promise<boolean> {
  const { floor } = await db
    .selectFrom("log_head")
    .select("floor")
    .where("id", "=", 1)
    .executeTakeFirstOrThrow();
  const oldest = await db
    .selectFrom("events")
    .select(["position", "created_at"])
    .where("position", ">", floor)
    .orderBy("position")
    .limit(batchSize)
    .execute();
  const kept = oldest.findIndex((event) => event.created_at >= before);
  const expired = kept === -1 ? oldest : oldest.slice(0, kept);
  const last = expired.at(-1);
  if (!last) return false;
  await db
    .deleteFrom("events")
    .where("position", ">", floor)
    .where("position", "<=", last.position)
    .execute();
  await db.updateTable("log_head").set({ floor: last.position }).where("id", "=", 1).execute();
  return expired.length === batchSize;
}
