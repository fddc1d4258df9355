import { call, type CallOptions } from "../call.ts";
import { callbacksOf, type SubscribeOptions, type Subscription } from "../live/subscription.ts";
import type { EventsPage, Inputs, ServerEvent, Trpc } from "../types.ts";

export interface EventsOptions extends SubscribeOptions {
  /** Where to go on: the last cursor that the handler got, perhaps in an earlier run. Without it: now. */
  readonly cursor?: string | null | undefined;
}

/** Stored changes, live or by the page, without loss. */
export interface Events {
  /**
   * Calls `handler` with every change that the caller may see, in order, each once. A lost
   * connection is made again and resumes after the last event. `cursor` is the place in the log
   * after `event`: keep it to resume later with `options.cursor`.
   *
   * After a `reset` event, load again whatever you show: what happened in between is not replayed.
   */
  subscribe(handler: (event: ServerEvent, cursor: string) => void, options?: EventsOptions): Subscription;
  /**
   * What changed after `cursor`, the oldest first, for programs that ask now and then: the same events as
   * `subscribe` delivers, and the same cursors. Go on with the answer's `cursor`, at once while `has_more`.
   * Without a cursor it only says where the log ends now. When `reset` is not null, load again whatever you show.
   */
  list(input?: Inputs["events"]["list"], options?: CallOptions): Promise<EventsPage>;
}

export function createEvents({ events }: Trpc): Events {
  return {
    list: (input = {}, options) => call(events.list.query(input, options), options),
    subscribe: (handler, options = {}) =>
      events.stream.subscribe(
        { lastEventId: options.cursor ?? null },
        callbacksOf<{ id: string; data: ServerEvent }>(({ id, data }) => handler(data, id), options),
      ),
  };
}
