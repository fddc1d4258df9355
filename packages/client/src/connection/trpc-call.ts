import type { Operation, OperationResultObserver } from "@trpc/client";
import type { Unsubscribable } from "@trpc/server/observable";
import { toCauserieError } from "../errors.ts";
import type { AppRouter } from "../types.ts";
import type { Link } from "./link.ts";
import { toTrpcError } from "./trpc-error.ts";

/** Who waits for the results of an operation. */
export type TrpcObserver = OperationResultObserver<AppRouter, unknown>;

export interface CallOverOptions {
  readonly op: Operation;
  readonly observer: TrpcObserver;
  readonly link: Link;
  /** Whether the link is gone. */
  readonly isLost: () => boolean;
  /** Makes the same call over HTTP. */
  readonly overHttp: () => Unsubscribable;
}

/**
 * Makes a call over a link. A query whose link is lost is made once more, over HTTP. Of a mutation nobody knows whether
 * it has happened, so it fails. Returns what gives up the second one; the first ends with the signal of the call.
 */
export function callOver({ op, observer, link, isLost, overHttp }: CallOverOptions): () => void {
  let second: Unsubscribable | undefined;
  link.call(op, op.signal ?? undefined).then(
    (data) => {
      observer.next({ result: { type: "data", data } });
      observer.complete();
    },
    (reason: unknown) => {
      const error = toCauserieError(reason);
      if (op.type === "query" && error.code === "NETWORK" && isLost()) second = overHttp();
      else observer.error(toTrpcError(error));
    },
  );
  return () => second?.unsubscribe();
}
