import type { TrpcWays } from "../trpc/create-trpc.ts";
import type { SubscriptionCallbacks } from "../trpc/subscription-callbacks.ts";
import { callbacksOf, type SubscribeOptions, type Subscription } from "./subscription.ts";
import type { Inputs, PresenceEvent, WatchEvent } from "../types.ts";

/** Who is there. None of it is stored, so nothing is replayed after a loss: what holds is told again. */
export interface Presence {
  /**
   * Calls `handler` with the presence of up to 200 users and with who types in up to 50
   * conversations: at each connection first what holds now (`presence.states`), then each change.
   * Broadcasts come too. To watch others, subscribe again and end the earlier subscription.
   */
  watch(
    input: NonNullable<Inputs["presence"]["watch"]>,
    handler: (event: WatchEvent) => void,
    options?: SubscribeOptions,
  ): Subscription;
  /**
   * Calls `handler` with who is online of everybody (`presence.snapshot`), at each connection, then
   * with each change and each broadcast. It brings as much as there are people: apps that show a
   * few of them `watch` those.
   */
  subscribe(handler: (event: PresenceEvent) => void, options?: SubscribeOptions): Subscription;
}

export function createPresence(subscribe: TrpcWays["subscribe"]): Presence {
  const hear = (path: string, input: unknown, callbacks: SubscriptionCallbacks): Subscription => {
    return { unsubscribe: subscribe({ type: "subscription", path, input }, callbacks) };
  };
  return {
    watch: (input, handler, options) => hear("presence.watch", input, callbacksOf(handler, options)),
    subscribe: (handler, options) => hear("presence.stream", undefined, callbacksOf(handler, options)),
  };
}
