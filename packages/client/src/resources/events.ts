import { callbacksOf, type SubscribeOptions, type Subscription } from "../live/subscription.ts";
import type { ServerEvent, Trpc } from "../types.ts";

export interface EventsOptions extends SubscribeOptions {
  /** Where to go on: the last cursor that the handler got, perhaps in an earlier run. Without it: now. */
  readonly cursor?: string | null | undefined;
}

/** Stored changes, live and without loss. */
export interface Events {
  /**
   * Calls `handler` with every change that the caller may see, in order, each once. A lost
   * connection is made again and resumes after the last event. `cursor` is the place in the log
   * after `event`: keep it to resume later with `options.cursor`.
   *
   * After a `reset` event, load again whatever you show: what happened in between is not replayed.
   */
  subscribe(handler: (event: ServerEvent, cursor: string) => void, options?: EventsOptions): Subscription;
}

export function createEvents({ events }: Trpc): Events {
  return {
    subscribe: (handler, options = {}) =>
      events.stream.subscribe(
        { lastEventId: options.cursor ?? null },
        callbacksOf<{ id: string; data: ServerEvent }>(({ id, data }) => handler(data, id), options),
      ),
  };
}
