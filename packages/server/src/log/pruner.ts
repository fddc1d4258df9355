import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { pruneLog } from "./prune-log.ts";
import type { Writer } from "./writer.ts";

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

/** Deletes events that are older than `retentionMs`, oldest first, and raises the log's floor. */
export function createPruner({ writer, clock, logger, retentionMs }: PrunerDeps): Pruner {
  let cancelNext = () => {};
  let underWay = Promise.resolve();
  let stopped = false;

  async function prune(): Promise<void> {
    const before = clock.now() - retentionMs;
    try {
      let more = true;
      while (more && !stopped) more = await writer.run(pruneLog, { before });
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
