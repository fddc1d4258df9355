import { limits, type ServerEvent } from "@causerie/shared";
import { isoTime, type Clock } from "../lib/clock.ts";
import { nextTurn } from "../lib/next-turn.ts";
import { formatCursor, parseCursor } from "../log/cursor.ts";
import type { LogEntry, LogReader } from "../log/log-reader.ts";
import type { Hub, PlacedEvent } from "./hub.ts";
import { createInbox } from "./inbox.ts";

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
  readonly log: LogReader;
  readonly clock: Clock;
  readonly loadEvents: (entries: readonly LogEntry[]) => Promise<PlacedEvent[]>;
  readonly heartbeatMs?: number;
}

/** Small, so that a long replay shares the event loop with everybody else. */
const pageSize = 100;
const inboxCapacity = 1000;

export function createEventStreams(deps: EventStreamsDeps): EventStreams {
  const { hub, log, clock, loadEvents, heartbeatMs = limits.heartbeatMs } = deps;
  const heartbeat = (): ServerEvent => ({ type: "heartbeat", timestamp: isoTime(clock.now()) });

  return {
    async *open(userId, cursor, signal) {
      const inbox = createInbox<PlacedEvent>(inboxCapacity);
      // Listen before reading, so that nothing falls between the log and the live events.
      const detach = hub.attach(userId, inbox.push);
      try {
        const head = await log.head();
        const at = (position: number) => formatCursor({ epoch: head.epoch, position });
        const asked = cursor === null ? undefined : parseCursor(cursor);
        const known = asked !== undefined && asked.epoch === head.epoch && asked.position <= head.position;
        let sent = known ? asked.position : head.position;

        if (asked && !known) {
          const reason = asked.epoch === head.epoch ? "position_unknown" : "epoch_changed";
          yield { cursor: at(sent), event: { type: "reset", reason } };
        }

        while (!signal.aborted) {
          inbox.reset();
          const { position: end } = await log.head();
          for (;;) {
            await nextTurn();
            const entries = await log.visibleAfter(userId, sent, pageSize);
            // Asked after the page was read: the floor only rises, so what is above it was all there.
            const { floor, position: now } = await log.head();
            if (sent < floor) {
              sent = now;
              yield { cursor: at(sent), event: { type: "reset", reason: "too_old" } };
              break;
            }
            for (const { position, event } of await loadEvents(entries)) {
              if (signal.aborted) return;
              yield { cursor: at(position), event };
            }
            sent = entries.at(-1)?.position ?? sent;
            if (entries.length < pageSize) break;
          }
          sent = Math.max(sent, end);
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
