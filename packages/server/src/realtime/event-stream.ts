import { limits, type ResetReason, type ServerEvent } from "@causerie/shared";
import type { Snapshot } from "../db/open-database.ts";
import { isoTime, type Clock } from "../lib/clock.ts";
import { nextTurn } from "../lib/next-turn.ts";
import { formatCursor, parseCursor } from "../log/cursor.ts";
import { readLogState, type LogState } from "../log/log-reader.ts";
import type { Hub } from "./hub.ts";
import { createInbox } from "./inbox.ts";
import type { PlacedEvent } from "./placed-event.ts";
import type { ReadReplayPage } from "./replay-page.ts";

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
  readonly readPage: ReadReplayPage;
  readonly heartbeatMs?: number;
  /** How many live events may wait for a reader before it goes back to the log. */
  readonly inboxCapacity?: number;
}

export function createEventStreams(deps: EventStreamsDeps): EventStreams {
  const { hub, snapshot, clock, readPage } = deps;
  const { heartbeatMs = limits.heartbeatMs, inboxCapacity = 1000 } = deps;
  const heartbeat = (): ServerEvent => ({ type: "heartbeat", timestamp: isoTime(clock.now()) });

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
            const { log, events, next } = await readPage(userId, sent);
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
            sent = next ?? Math.max(sent, log.position);
            if (next === undefined) break;
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
