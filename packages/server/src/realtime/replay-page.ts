import type { Kysely } from "kysely";
import type { Database } from "../db/database.ts";
import type { Snapshot } from "../db/open-database.ts";
import { readLogState, type LogEntry, type LogState } from "../log/log-reader.ts";
import { readVisibleLog } from "../log/visible-log.ts";
import { isShared, type PlacedEvent } from "./placed-event.ts";

/** What somebody may see of the log after a position, all as of one moment. */
export interface ReplayPage {
  /** The log at that moment. Once its floor is above the position, the page says nothing. */
  readonly log: LogState;
  /** Oldest first. */
  readonly events: readonly PlacedEvent[];
  /** Where the next page begins; undefined when this is the last. */
  readonly next: number | undefined;
}

/** Reads at most `limit` entries of the log, of which some may tell nothing any more. */
export type ReadReplayPage = (userId: number, position: number, limit?: number) => Promise<ReplayPage>;

export interface ReplayPageDeps {
  readonly snapshot: Snapshot;
  readonly loadEvents: (db: Kysely<Database>, entries: readonly LogEntry[]) => Promise<PlacedEvent[]>;
}

/** Small, so that a long replay shares the event loop with everybody else. */
const pageSize = 100;

/** Reads the log as one user may see it, page by page. */
export function createReplayPages({ snapshot, loadEvents }: ReplayPageDeps): ReadReplayPage {
  return (userId, position, limit = pageSize) =>
    snapshot(async (db) => {
      const log = await readLogState(db);
      // One more than asked for tells whether there are others.
      const found = log.floor > position ? [] : await readVisibleLog(db, userId, position, limit + 1);
      const entries = found.slice(0, limit);
      const since = new Map(entries.map((entry) => [entry.position, entry.since_seq]));
      const events = (await loadEvents(db, entries)).filter((placed) => {
        const sinceSeq = since.get(placed.position);
        return sinceSeq !== undefined && isShared(placed, { joined_position: 0, since_seq: sinceSeq });
      });
      return { log, events, next: found.length > limit ? entries.at(-1)?.position : undefined };
    });
}
