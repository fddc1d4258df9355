import type { CauserieError } from "../errors.ts";
import { throwUncaught } from "../lib/throw-uncaught.ts";
import type { SubscriptionCallbacks } from "../trpc/subscription-callbacks.ts";

/** How a subscription ends, and who hears of its errors. */
export interface SubscribeOptions {
  /**
   * Called at each connection, the first included, as soon as nothing can be missed any more:
   * what is loaded from here on is at least as new as the subscription.
   */
  readonly onStarted?: () => void;
  /** Called when the connection is lost or cannot be made. It is tried again without end. */
  readonly onInterrupted?: (error: CauserieError) => void;
  /**
   * Called when the subscription has ended for good, as with `UNAUTHORIZED` when the session
   * is over. Without it, the error is thrown as an uncaught one.
   */
  readonly onError?: (error: CauserieError) => void;
}

/** A running subscription. */
export interface Subscription {
  /** Stops it: the handler is not called again. */
  unsubscribe(): void;
}

/** The callbacks that tRPC takes, made of ours. */
export function callbacksOf<Item>(
  deliver: (item: Item) => void,
  { onStarted, onInterrupted, onError = throwUncaught }: SubscribeOptions = {},
): SubscriptionCallbacks {
  let starting = true;
  return {
    onStarted() {
      starting = true;
    },
    onData(item) {
      // The first item shows that the server listens; tRPC's own word for it comes before that.
      if (starting) onStarted?.();
      starting = false;
      deliver(item as Item);
    },
    onConnectionStateChange: ({ error }) => error && onInterrupted?.(error),
    onError,
  };
}
