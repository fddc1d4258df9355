import { connectionLimits, limits } from "@causerie/shared";
import { DomainError } from "../lib/domain-error.ts";
import type { Principal } from "../features/sessions/index.ts";
import { createLiveStream, runLive, type LiveStream } from "../realtime/live-stream.ts";
import type { Context } from "./context.ts";

interface Caller {
  readonly ctx: Context & { readonly principal: Principal };
  readonly signal: AbortSignal | undefined;
}

/**
 * The stream as a subscription of the caller: counted, and over with the caller's session,
 * whatever carries it. In that case it fails with UNAUTHORIZED.
 */
export function liveSubscription<Item>({ ctx, signal }: Caller, stream: LiveStream<Item>): LiveStream<Item> {
  return createLiveStream(
    (sink) => {
      const leave = enter(ctx, () => {
        halt?.();
        leave();
        sink.end(sessionEnded());
      });
      let halt: (() => void) | undefined;
      try {
        halt = runLive(stream, {
          ...sink,
          end(error) {
            leave();
            sink.end(error);
          },
        });
      } catch (error) {
        leave();
        throw error;
      }
      return () => {
        halt();
        leave();
      };
    },
    { signal },
  );
}

const sessionEnded = () => new DomainError("UNAUTHORIZED", { message: "The session has ended." });

/** Counts a subscription until the result is called, and says when its session ends. */
function enter(ctx: Caller["ctx"], onSessionEnd: () => void): () => void {
  const { connection, principal, services } = ctx;
  if (connection && connection.subscriptions >= limits.subscriptionsPerSocket) {
    throw new DomainError("RATE_LIMITED", {
      message: `A socket carries at most ${limits.subscriptionsPerSocket} subscriptions.`,
    });
  }
  const giveBack = takeSlots(ctx);
  if (connection) {
    // It counts for presence itself, and closes when its session ends.
    connection.subscriptions += 1;
    return once(() => {
      connection.subscriptions -= 1;
      giveBack();
    });
  }
  const stopWatching = services.liveSessions.watch(principal, onSessionEnd);
  // A listener without a socket shows no sign of life.
  const presence = services.presence.join(principal.userId, services.random.uuid(), { standing: true });
  return once(() => {
    presence.leave();
    stopWatching();
    giveBack();
  });
}

function once(task: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    task();
  };
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
