import { connectionLimits, limits } from "@causerie/shared";
import { DomainError } from "../lib/domain-error.ts";
import type { Principal } from "../features/sessions/index.ts";
import type { Context } from "./context.ts";

interface Caller {
  readonly ctx: Context & { readonly principal: Principal };
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs a subscription that ends with the caller's session, whatever carries it. `open`
 * gets a signal that aborts when the caller leaves or the session ends; in the second
 * case the subscription fails with UNAUTHORIZED.
 */
export async function* liveSubscription<Item>(
  { ctx, signal }: Caller,
  open: (signal: AbortSignal) => AsyncIterable<Item>,
): AsyncGenerator<Item, void> {
  const { connection, principal, services } = ctx;
  if (connection && connection.subscriptions >= limits.subscriptionsPerSocket) {
    throw new DomainError("RATE_LIMITED", {
      message: `A socket carries at most ${limits.subscriptionsPerSocket} subscriptions.`,
    });
  }
  const giveBack = takeSlots(ctx);
  const ended = new AbortController();
  const stopWatching = services.liveSessions.watch(principal, () => ended.abort());
  if (connection) connection.subscriptions += 1;
  // A socket counts for presence itself; a listener without one counts here, and shows no sign of life.
  const presence = connection
    ? undefined
    : services.presence.join(principal.userId, services.random.uuid(), { standing: true });
  try {
    for await (const item of open(signal ? AbortSignal.any([signal, ended.signal]) : ended.signal)) {
      yield item;
      // Asked for the next one, the item was sent: go on when the reader keeps up.
      await connection?.room();
    }
    if (ended.signal.aborted) throw new DomainError("UNAUTHORIZED", { message: "The session has ended." });
  } finally {
    if (connection) connection.subscriptions -= 1;
    presence?.leave();
    stopWatching();
    giveBack();
  }
}

/** Counts the subscription, and the stream that carries it unless a socket does, as its user's. */
function takeSlots({ connection, principal, services }: Caller["ctx"]): () => void {
  const { ofUser, subscriptions } = services.connectionLimits;
  const subscription = subscriptions.take(String(principal.userId));
  if (!subscription) {
    throw new DomainError("RATE_LIMITED", {
      message: `A user has at most ${connectionLimits.subscriptionsPerUser} subscriptions.`,
    });
  }
  if (connection) return subscription;
  const stream = ofUser.take(`stream:${principal.userId}`);
  if (!stream) {
    subscription();
    throw new DomainError("RATE_LIMITED", {
      message: `A user has at most ${connectionLimits.perUserAndKind} streams.`,
    });
  }
  return () => {
    subscription();
    stream();
  };
}
