import { limits, type ResetReason, type ServerEvent } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../db/database.ts";
import type { Snapshot } from "../db/open-database.ts";
import { isoTime, type Clock } from "../lib/clock.ts";
import { nextTurn } from "../lib/next-turn.ts";
import { formatCursor, parseCursor } from "../log/cursor.ts";
import { readLogState, readVisibleLog, type LogEntry, type LogState } from "../log/log-reader.ts";
import type { Hub } from "./hub.ts";
import { createInbox } from "./inbox.ts";
import { isShared, type PlacedEvent } from "./placed-event.ts";

/** An event as a subscriber gets it: `cursor` is where to go on after it. */
export interface StreamItem {
  readonly cursor: string;
  readonly event: ServerEvent;
}

/** Opens live streams that lose nothing and repeat nothing. */
export interface EventStreams {
  /**
   * Everything `userId` may see after `cursor`, in order: first from the log, then live.
   * Without a cursor it starts now. A heartbeat follows the replay and every quiet spell;
   * it says that everything up to its cursor was sent. A cursor that means nothing here yields
   * a `reset` first; one below the log's floor does, also when the floor passes it during the
   * replay. Ends when the signal aborts.
   */
  open(userId: number, cursor: string | null, signal: AbortSignal): AsyncGenerator<StreamItem, void>;
}

export interface EventStreamsDeps {
  readonly hub: Hub;
  readonly snapshot: Snapshot;
  readonly clock: Clock;
  readonly loadEvents: (db: Kysely<Database>, entries: readonly LogEntry[]) => Promise<PlacedEvent[]>;
  readonly heartbeatMs?: number;
  /** How many live events may wait for a reader before it goes back to the log. */
  readonly inboxCapacity?: number;
}

/** Small, so that a long replay shares the event loop with everybody else. */
const pageSize = 100;

export function createEventStreams(deps: EventStreamsDeps): EventStreams {
  const { hub, snapshot, clock, loadEvents } = deps;
  const { heartbeatMs = limits.heartbeatMs, inboxCapacity = 1000 } = deps;
  const heartbeat = (): ServerEvent => ({ type: "heartbeat", timestamp: isoTime(clock.now()) });

  /** A page of what the user may see after `position`, all as of one moment. */
  function readPage(userId: number, position: number) {
    return snapshot(async (db) => {
      const log = await readLogState(db);
      const entries = log.floor > position ? [] : await readVisibleLog(db, userId, position, pageSize);
      const since = new Map(entries.map((entry) => [entry.position, entry]));
      const events = (await loadEvents(db, entries)).filter((placed) => {
        const entry = since.get(placed.position);
        return entry !== undefined && isShared(placed, { joined_position: 0, since_seq: entry.since_seq });
      });
      return { log, events, last: entries.length < pageSize ? undefined : entries.at(-1) };
    });
  }

  return {
    async *open(userId, cursor, signal) {
      const inbox = createInbox<PlacedEvent>(inboxCapacity);
      // Listen before reading, so that nothing falls between the log and the live events.
      const detach = hub.attach(userId, inbox.push);
      try {
        const start = await snapshot(readLogState);
        const at = (position: number) => formatCursor({ epoch: start.epoch, position });
        const reason = cursor === null ? undefined : resetReason(cursor, start);
        let sent = cursor === null || reason ? start.position : parseCursor(cursor).position;
        if (reason) yield { cursor: at(sent), event: { type: "reset", reason } };

        while (!signal.aborted) {
          inbox.reset();
          for (;;) {
            await nextTurn();
            const { log, events, last } = await readPage(userId, sent);
            if (log.floor > sent) {
              // What came next was forgotten while this reader was behind.
              sent = log.position;
              yield { cursor: at(sent), event: { type: "reset", reason: "too_old" } };
              break;
            }
            for (const { position, event } of events) {
              if (signal.aborted) return;
              yield { cursor: at(position), event };
            }
            sent = last?.position ?? Math.max(sent, log.position);
            if (last === undefined) break;
          }
          yield { cursor: at(sent), event: heartbeat() };

          while (!signal.aborted && !inbox.overflowed()) {
            const placed = await inbox.next(heartbeatMs, signal);
            if (placed === undefined) {
              // The hub's position counts only while nothing it handed out waits here.
              if (signal.aborted || !inbox.isEmpty() || inbox.overflowed()) continue;
              sent = Math.max(sent, hub.position());
              yield { cursor: at(sent), event: heartbeat() };
            } else if (placed.position > sent) {
              sent = placed.position;
              yield { cursor: at(sent), event: placed.event };
            }
          }
        }
      } finally {
        detach();
      }
    },
  };
}

/** Why a stream cannot go on from `cursor`; undefined when it can. */
function resetReason(cursor: string, { epoch, position, floor }: LogState): ResetReason | undefined {
  const asked = parseCursor(cursor);
  if (asked.epoch !== epoch) return "epoch_changed";
  if (asked.position > position) return "position_unknown";
  return asked.position < floor ? "too_old" : undefined;
}
