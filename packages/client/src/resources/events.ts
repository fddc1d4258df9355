import type { CallOptions } from "./call-options.ts";
import type { Feed, FeedEvent, FeedResetReason } from "../feed/feed.ts";
import type { Bootstrap, EventsPage, Inputs, Trpc } from "../types.ts";
import type { Subscription } from "./subscription.ts";

/** Asks for stored events by the page. */
export interface EventCalls {
  /**
   * What changed after `cursor`, the oldest first, for programs that ask now and then: the same events as
   * `subscribe` delivers, and the same cursors. Go on with the answer's `cursor`, at once while `has_more`.
   * Without a cursor it only says where the log ends now. When `reset` is not null, load again whatever you show.
   */
  list(input?: Inputs["events"]["list"], options?: CallOptions): Promise<EventsPage>;
}

/**
 * What an app that takes events itself has to handle: the events, and each of the ways in which the stream may
 * start or go on. What a handler returns is awaited before the next one is called; one that fails is reported as `error`.
 */
export interface EventHandlers {
  /** A change that the user may see: in order, each once. `cursor` is the place in the log after it. */
  event(event: FeedEvent, cursor: string): void | Promise<void>;
  /** The stream went on, and nothing had happened. */
  resumed(): void | Promise<void>;
  /** The stream went on: `n` events had happened, and were handed over. */
  caughtUp(n: number): void | Promise<void>;
  /**
   * The stream begins, at the start or because what was missed will not come: `snapshot` is what holds now, and
   * replaces all that was known. It is called again until it succeeds.
   */
  reset(reason: FeedResetReason, snapshot: Bootstrap): void | Promise<void>;
}

/** Stored changes, live or by the page, without loss. */
export interface Events extends EventCalls {
  /** Hands over everything that the user may see, from now on; a lost connection loses none of it. */
  subscribe(handlers: EventHandlers): Subscription;
}

export function createEventCalls({ events }: Trpc): EventCalls {
  return { list: (input = {}, options) => events.list.query(input, options) };
}

export function createEvents(calls: EventCalls, feed: Feed, onWanted: () => void): Events {
  return {
    ...calls,
    subscribe(handlers) {
      const stops = [
        feed.onEvent((event, cursor) => handlers.event(event, cursor)),
        feed.onOutcome((outcome) => {
          if (outcome.outcome === "reset") return handlers.reset(outcome.reason, outcome.snapshot);
          return outcome.outcome === "resumed" ? handlers.resumed() : handlers.caughtUp(outcome.n);
        }),
      ];
      onWanted();
      return { unsubscribe: () => stops.forEach((stop) => stop()) };
    },
  };
}
