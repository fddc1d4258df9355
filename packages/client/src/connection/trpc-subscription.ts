import type { Operation } from "@trpc/client";
import type { CauserieError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import type { Link } from "./link.ts";
import type { TrpcObserver } from "./trpc-call.ts";
import { isByApp, refusalIn, toTrpcError } from "./trpc-error.ts";

type TrpcResult = Parameters<TrpcObserver["next"]>[0]["result"];

/**
 * Runs a subscription over the connection: on each new link it goes on from its last tracked item. It ends when the
 * server ends it, or when there will be no connection any more. Returns what stops it.
 */
export function subscribeOver(
  connection: Pick<Connection, "getSnapshot" | "subscribe" | "onLink">,
  op: Operation,
  observer: TrpcObserver,
): () => void {
  let current: Link | undefined;
  let stop: (() => void) | undefined;
  let lastEventId: string | undefined;

  const next = (result: TrpcResult) => apart(() => observer.next({ result }));
  const fail = (error: CauserieError) => apart(() => observer.error(toTrpcError(error)));
  const complete = () => apart(() => observer.complete());

  function tell(state: "connecting" | "pending"): void {
    const snapshot = connection.getSnapshot();
    const failure = state === "connecting" && "phase" in snapshot ? snapshot.lastError : null;
    next({ type: "state", state, error: failure && toTrpcError(failure) } as TrpcResult);
  }

  function follow(link: Link | undefined): void {
    if (!link) return tell("connecting");
    // The connection may start its own stream again, on the same link.
    if (link === current) return tell("pending");
    stop?.();
    current = link;
    const input = lastEventId === undefined ? op.input : { ...(op.input as object | undefined), lastEventId };
    stop = link.subscribe(
      { ...op, input },
      {
        onStarted() {
          tell("pending");
          next({ type: "started" });
        },
        onItem(data, id) {
          if (id === undefined) return next({ type: "data", data });
          lastEventId = id;
          next({ type: "data", id, data: { id, data } });
        },
        onEnd(error) {
          // The connection will sign in again and come with a new link, or tell that the session is over.
          if (error?.code === "UNAUTHORIZED") return;
          if (error) return fail(error);
          next({ type: "stopped" });
          complete();
        },
      },
    );
  }

  function endIfOver(): void {
    const state = connection.getSnapshot();
    const refusal = refusalIn(state);
    if (isByApp(state)) complete();
    else if (refusal) fail(refusal);
  }

  tell("connecting");
  op.signal?.addEventListener("abort", complete);
  const leave = [connection.subscribe(endIfOver), connection.onLink(follow)];
  if (op.signal?.aborted) complete();
  endIfOver();
  return () => {
    op.signal?.removeEventListener("abort", complete);
    for (const end of leave) end();
    stop?.();
  };
}

/** Calls the app. What it throws becomes an uncaught error, and does not stop us. */
function apart(work: () => void): void {
  try {
    work();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
