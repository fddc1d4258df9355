import { toCauserieError, type CauserieError } from "../errors.ts";

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
export function callbacksOf<Item>(deliver: (item: Item) => void, options: SubscribeOptions) {
  let starting = true;
  return {
    onStarted() {
      starting = true;
    },
    onData(item: Item) {
      // The first item shows that the server listens; tRPC's own word for it comes before that.
      if (starting) options.onStarted?.();
      starting = false;
      deliver(item);
    },
    onConnectionStateChange({ state, error }: { readonly state: string; readonly error: unknown }) {
      if (state === "connecting" && error) options.onInterrupted?.(toCauserieError(error));
    },
    onError(error: unknown) {
      const failure = toCauserieError(error);
      if (options.onError) options.onError(failure);
      else setTimeout(() => throwUncaught(failure));
    },
  };
}

function throwUncaught(error: Error): never {
  throw error;
}
