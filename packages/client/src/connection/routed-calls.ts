import { toCauserieError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { needsToken } from "./http-calls.ts";
import type { Link, LinkRequest } from "./link.ts";
import { isByApp, refusalIn } from "./refusal.ts";

export interface RoutedCallsDeps {
  readonly connection: Pick<Connection, "getSnapshot" | "link">;
  readonly http: Link["call"];
}

/** Makes calls over the connection's socket while there is one, else over HTTP. */
export function createRoutedCalls({ connection, http }: RoutedCallsDeps): Link["call"] {
  function socketFor(path: string): Link | undefined {
    // Sign-ins make the connection possible, and cookies are set and taken back by answers over HTTP.
    if (path.startsWith("auth.") && path !== "auth.renew") return undefined;
    const link = connection.link();
    return link?.transport === "websocket" ? link : undefined;
  }

  /** Throws why nobody is called. What the server has closed for is no matter over HTTP. */
  function check(request: LinkRequest): void {
    const state = connection.getSnapshot();
    const refusal = refusalIn(state);
    if (refusal && (state.state === "auth_lost" ? needsToken(request) : isByApp(state))) throw refusal;
  }

  return async (request, signal) => {
    check(request);
    const link = socketFor(request.path);
    if (!link) return await http(request, signal);
    try {
      return await link.call(request, signal);
    } catch (error) {
      // A query is made once more. Of a mutation nobody knows whether it has happened.
      const isLost = connection.link() !== link && toCauserieError(error).code === "NETWORK";
      if (!isLost || request.type !== "query") throw error;
      return await http(request, signal);
    }
  };
}
