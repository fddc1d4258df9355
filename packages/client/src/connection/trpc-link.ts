import type { Operation, TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import type { CauserieError } from "../errors.ts";
import type { AppRouter } from "../types.ts";
import type { Connection } from "./connection.ts";
import { needsToken } from "./http-link.ts";
import type { Link } from "./link.ts";
import { callOver, type TrpcObserver } from "./trpc-call.ts";
import { isByApp, refusalIn, toTrpcError } from "./trpc-error.ts";
import { subscribeOver } from "./trpc-subscription.ts";

export interface TrpcLinkDeps {
  readonly connection: Pick<Connection, "getSnapshot" | "subscribe" | "link" | "onLink">;
  readonly http: TRPCLink<AppRouter>;
  /** Asks for the connection, as a subscription starts. */
  readonly want: () => void;
}

/** Makes calls over the connection while there is one, else over HTTP; subscriptions wait for the connection. */
export function createTrpcLink({ connection, http, want }: TrpcLinkDeps): TRPCLink<AppRouter> {
  /** The socket to call over. */
  function socketFor({ path }: Operation): Link | undefined {
    // Sign-ins make the connection possible, and cookies are set and taken back by answers over HTTP.
    if (path.startsWith("auth.") && path !== "auth.renew") return undefined;
    const link = connection.link();
    return link?.transport === "websocket" ? link : undefined;
  }

  /** Why nobody is called. What the server has closed for is no matter over HTTP. */
  function refusalOf(op: Operation): CauserieError | undefined {
    const state = connection.getSnapshot();
    const isRefused = state.state === "auth_lost" ? needsToken(op) : isByApp(state);
    return isRefused ? refusalIn(state) : undefined;
  }

  return (runtime) => {
    const forwards = http(runtime);
    return (request) =>
      observable((observer: TrpcObserver) => {
        const { op } = request;
        if (op.type === "subscription") {
          want();
          return subscribeOver(connection, op, observer);
        }
        const overHttp = () => forwards(request).subscribe(observer);
        const refusal = refusalOf(op);
        if (refusal) return observer.error(toTrpcError(refusal));
        const link = socketFor(op);
        if (!link) return overHttp();
        return callOver({ op, observer, link, overHttp, isLost: () => connection.link() !== link });
      });
  };
}
