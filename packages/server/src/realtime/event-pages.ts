import { limits, type EventsPage } from "@causerie/shared";
import type { Snapshot } from "../db/open-database.ts";
import { formatCursor, parseCursor } from "../log/cursor.ts";
import { readLogState } from "../log/log-reader.ts";
import { resetReason } from "../log/reset-reason.ts";
import type { ReadReplayPage } from "./replay-page.ts";

/** What somebody wants to know of the log. */
export interface EventsQuestion {
  /** Where to go on. Without it nothing is told but where the log ends now. */
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

/** The log in pages, for those who ask rather than listen. */
export interface EventPages {
  /**
   * What `userId` may see after the cursor, in order: the same as a live stream from it would yield. A cursor
   * that means nothing here is answered with a reset and the end of the log.
   */
  read(userId: number, question: EventsQuestion): Promise<EventsPage>;
}

export interface EventPagesDeps {
  readonly snapshot: Snapshot;
  readonly readPage: ReadReplayPage;
}

export function createEventPages({ snapshot, readPage }: EventPagesDeps): EventPages {
  return {
    async read(userId, { cursor, limit = limits.pageSize }) {
      if (cursor === undefined) {
        return {
          events: [],
          cursor: formatCursor(await snapshot(readLogState)),
          has_more: false,
          reset: null,
        };
      }
      const asked = parseCursor(cursor);
      const { log, events, next } = await readPage(userId, asked.position, limit);
      const reset = resetReason(asked, log);
      if (reset) return { events: [], cursor: formatCursor(log), has_more: false, reset };

      const at = (position: number) => formatCursor({ epoch: log.epoch, position });
      return {
        events: events.map(({ position, event }) => ({ cursor: at(position), event })),
        cursor: at(next ?? log.position),
        has_more: next !== undefined,
        reset: null,
      };
    },
  };
}
