import { callbacksOf, type SubscribeOptions, type Subscription } from "../live/subscription.ts";
import type { PresenceEvent, Trpc } from "../types.ts";

/** Who comes and goes. */
export interface Presence {
  /**
   * Calls `handler` with who is online now (`presence.snapshot`), at each connection, then with
   * each change and each broadcast. None of it is stored, so nothing is replayed after a loss.
   */
  subscribe(handler: (event: PresenceEvent) => void, options?: SubscribeOptions): Subscription;
}

export function createPresence({ presence }: Trpc): Presence {
  return {
    subscribe: (handler, options = {}) =>
      presence.stream.subscribe(undefined, callbacksOf<PresenceEvent>(handler, options)),
  };
}
