import { isoTime, type Clock } from "../lib/clock.ts";
import { nextTurn } from "../lib/next-turn.ts";
import type { ResetReason, ServerEvent } from "@causerie/shared";
import type { Snapshot } from "../db/open-database.ts";
import { rememberLast } from "../lib/remember-last.ts";
import { formatCursor, parseCursor } from "../log/cursor.ts";
import { resetReason } from "../log/reset-reason.ts";
import { readLogState } from "../log/log-reader.ts";
import type { DeliveryStats, ResumeOutcome } from "./delivery-stats.ts";
import type { Hub } from "./hub.ts";
import { createInbox, type Inbox } from "./inbox.ts";
import type { Sink } from "./sink.ts";
import type { PlacedEvent } from "./placed-event.ts";
import type { ReadReplayPage } from "./replay-page.ts";
import type { Sweep } from "./sweep.ts";

/** An event as a subscriber gets it: `cursor` is where to go on after it. */
export interface StreamItem {
  readonly cursor: string;
  readonly event: ServerEvent;
}

export interface EventFeedDeps {
  readonly hub: Hub;
  readonly snapshot: Snapshot;
  readonly clock: Clock;
  readonly readPage: ReadReplayPage;
  readonly stats: DeliveryStats;
  readonly sweep: Sweep;
  readonly heartbeatMs: number;
  readonly inboxCapacity: number;
}

/** Starts the stream of one reader, and returns what stops it. */
export type StartFeed = (userId: number, cursor: string | null, sink: Sink<StreamItem>) => () => void;

/**
 * Feeds a reader from the hub while it keeps up, and from the log before and whenever it does
 * not. Meanwhile live events wait in an inbox; when that overflows, the log is read again.
 */
export function createEventFeed(deps: EventFeedDeps): StartFeed {
  const { hub, snapshot, clock, readPage, stats, sweep, heartbeatMs, inboxCapacity } = deps;
  let epoch = "";
  const itemAt = (position: number, event: ServerEvent): StreamItem => ({
    cursor: formatCursor({ epoch, position }),
    event,
  });
  // An event goes to all its readers one after another: they share the item, and what is made of it.
  const itemOf = rememberLast(({ position, event }: PlacedEvent) => itemAt(position, event));

  return function startFeed(userId, cursor, sink) {
    let isStopped = false;
    let sent = 0;
    let sentAt = 0;
    /** Undefined while events go straight through. */
    let inbox: Inbox<PlacedEvent> | undefined;

    // Listen before reading, so that nothing falls between the log and the live events.
    const detach = hub.attach(userId, onLive);
    const stopSweeping = sweep.add(beatWhenQuiet);
    catchUp(begin);
    return stop;

    function stop(): void {
      isStopped = true;
      inbox = undefined;
      detach();
      stopSweeping();
    }

    function onLive(placed: PlacedEvent): void {
      if (inbox) inbox.push(placed);
      else if (placed.position > sent && !give(itemOf(placed), placed.position)) catchUp(readOn);
    }

    function give(item: StreamItem, position: number): boolean {
      if (isStopped || !sink.send(item)) return false;
      sent = position;
      sentAt = clock.now();
      return true;
    }

    function beat(): void {
      give(itemAt(sent, { type: "heartbeat", timestamp: isoTime(clock.now()) }), sent);
    }

    function reset(position: number, reason: ResetReason): Promise<void> {
      return giveWithRoom(itemAt(position, { type: "reset", reason }), position);
    }

    function beatWhenQuiet(): void {
      if (inbox || clock.now() - sentAt < heartbeatMs) return;
      // All that the hub has handed out went to the sink.
      sent = Math.max(sent, hub.position());
      beat();
    }

    function catchUp(work: (waiting: Inbox<PlacedEvent>) => Promise<unknown>): void {
      const waiting = createInbox<PlacedEvent>(inboxCapacity);
      inbox = waiting;
      work(waiting).catch((error: unknown) => {
        if (isStopped) return;
        stop();
        sink.end(error);
      });
    }

    async function begin(waiting: Inbox<PlacedEvent>): Promise<void> {
      const log = await snapshot(readLogState);
      ({ epoch } = log);
      const asked = cursor === null ? undefined : parseCursor(cursor);
      const reason = asked && resetReason(asked, log);
      sent = asked && !reason ? asked.position : log.position;
      if (reason) await reset(log.position, reason);
      const replayed = await readOn(waiting);
      if (isStopped) return;
      if (cursor === null) stats.resumes.fresh += 1;
      else stats.resumes[reason ? "reset" : replayed] += 1;
    }

    /** Gives what the log has, then what came meanwhile; when the two meet, the reader is live. */
    async function readOn(waiting: Inbox<PlacedEvent>): Promise<Exclude<ResumeOutcome, "fresh">> {
      let outcome: Exclude<ResumeOutcome, "fresh"> = "caught_up";
      do {
        waiting.reset();
        const read = await readLogToEnd();
        if (outcome !== "reset" && read !== "caught_up") outcome = read;
        beat();
        for (let placed = waiting.take(); placed; placed = waiting.take())
          if (placed.position > sent) await giveWithRoom(itemOf(placed), placed.position);
      } while (!isStopped && waiting.overflowed());
      inbox = undefined;
      return outcome;
    }

    async function readLogToEnd(): Promise<Exclude<ResumeOutcome, "fresh">> {
      let outcome: Exclude<ResumeOutcome, "fresh"> = "caught_up";
      for (;;) {
        await nextTurn();
        if (isStopped) return outcome;
        const { log, events, next } = await readPage(userId, sent);
        if (log.floor > sent) {
          // What came next was forgotten while this reader was behind.
          await reset(log.position, "too_old");
          return "reset";
        }
        for (const { position, event } of events) {
          outcome = "resumed";
          await giveWithRoom(itemAt(position, event), position);
          if (isStopped) return outcome;
        }
        sent = next ?? Math.max(sent, log.position);
        if (next === undefined) return outcome;
      }
    }

    async function giveWithRoom(item: StreamItem, position: number): Promise<void> {
      if (!sink.hasRoom()) await sink.room();
      if (!give(item, position) && !isStopped) throw new Error("A sink with room took nothing.");
    }
  };
}
