import type { CauserieError } from "../errors.ts";
import { throwUncaught } from "../lib/throw-uncaught.ts";
import type { SubscriptionCallbacks } from "../trpc/subscription-callbacks.ts";
import type { Connection } from "./connection.ts";
import type { Link, LinkRequest } from "./link.ts";
import { isByApp, refusalIn } from "./refusal.ts";

/**
 * Runs a subscription over the connection: on each new link it goes on from its last tracked item. It ends when the
 * server ends it, or when there will be no connection any more. Returns what stops it.
 */
export function followSubscription(
  connection: Pick<Connection, "getSnapshot" | "subscribe" | "onLink">,
  request: LinkRequest,
  callbacks: SubscriptionCallbacks,
): () => void {
  const { signal } = callbacks;
  let current: Link | undefined;
  let stop: (() => void) | undefined;
  let lastEventId: string | undefined;
  let isOver = false;
  const leaves: (() => void)[] = [];

  /** Calls the app. What it throws does not stop us. */
  function tell<Name extends Exclude<keyof SubscriptionCallbacks, "signal">>(
    name: Name,
    ...told: Parameters<NonNullable<SubscriptionCallbacks[Name]>>
  ): void {
    if (isOver) return;
    try {
      (callbacks[name] as ((...args: typeof told) => void) | undefined)?.(...told);
    } catch (error) {
      throwUncaught(error);
    }
  }

  function leave(): void {
    isOver = true;
    signal?.removeEventListener("abort", complete);
    for (const one of leaves) one();
    stop?.();
  }

  function complete(): void {
    tell("onComplete");
    leave();
  }

  function tellState(state: "connecting" | "pending"): void {
    const snapshot = connection.getSnapshot();
    const error = state === "connecting" && "phase" in snapshot ? snapshot.lastError : null;
    tell("onConnectionStateChange", { type: "state", state, error });
  }

  function follow(link: Link | undefined): void {
    if (!link) return tellState("connecting");
    // The connection may start its own stream again, on the same link.
    if (link === current) return tellState("pending");
    stop?.();
    current = link;
    const { input } = request;
    stop = link.subscribe(
      lastEventId === undefined ? request : { ...request, input: { ...(input as object), lastEventId } },
      {
        onStarted() {
          tellState("pending");
          tell("onStarted", { context: undefined });
        },
        onItem(data, id) {
          lastEventId = id ?? lastEventId;
          tell("onData", id === undefined ? data : { id, data });
        },
        onEnd(error) {
          // The connection will sign in again and come with a new link, or tell that the session is over.
          if (error?.code === "UNAUTHORIZED") return;
          if (error) return fail(error);
          tell("onStopped");
          complete();
        },
      },
    );
  }

  function fail(error: CauserieError): void {
    tell("onError", error);
    leave();
  }

  function endIfOver(): void {
    const state = connection.getSnapshot();
    const refusal = refusalIn(state);
    if (isByApp(state)) complete();
    else if (refusal) fail(refusal);
  }

  tellState("connecting");
  signal?.addEventListener("abort", complete);
  leaves.push(connection.subscribe(endIfOver), connection.onLink(follow));
  if (signal?.aborted) complete();
  endIfOver();
  if (isOver) leave();
  return leave;
}
