import { limits, type ServerEvent } from "@causerie/shared";
import type { Snapshot } from "../db/open-database.ts";
import type { Clock } from "../lib/clock.ts";
import type { DeliveryStats } from "./delivery-stats.ts";
import { createEventFeed } from "./event-feed.ts";
import type { Hub } from "./hub.ts";
import { createLiveStream, type LiveStream } from "./live-stream.ts";
import type { ReadReplayPage } from "./replay-page.ts";
import { createSweep } from "./sweep.ts";

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
   * replay. An iteration ends when the signal aborts.
   */
  open(userId: number, cursor: string | null, signal?: AbortSignal): LiveStream<StreamItem>;
}

export interface EventStreamsDeps {
  readonly hub: Hub;
  readonly snapshot: Snapshot;
  readonly clock: Clock;
  readonly readPage: ReadReplayPage;
  readonly stats: DeliveryStats;
  readonly heartbeatMs?: number;
  /** How many live events may wait for a reader before it goes back to the log. */
  readonly inboxCapacity?: number;
}

/** How many times within a quiet spell a stream is looked at. */
const looksPerSpell = 25;

export function createEventStreams(deps: EventStreamsDeps): EventStreams {
  const { heartbeatMs = limits.heartbeatMs, inboxCapacity = 1000 } = deps;
  const sweep = createSweep(deps.clock, heartbeatMs / looksPerSpell);
  const startFeed = createEventFeed({ ...deps, sweep, heartbeatMs, inboxCapacity });

  return {
    open: (userId, cursor, signal) =>
      createLiveStream((sink) => startFeed(userId, cursor, sink), { signal, capacity: inboxCapacity }),
  };
}
