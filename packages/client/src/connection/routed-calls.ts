import { toCauserieError } from "../errors.ts";
import type { Session } from "../session/session.ts";
import type { Connection } from "./connection.ts";
import { needsToken } from "./http-calls.ts";
import type { Link, LinkRequest } from "./link.ts";
import { isByApp, refusalIn } from "./refusal.ts";

export interface RoutedCallsDeps {
  readonly connection: Pick<Connection, "getSnapshot" | "link">;
  readonly http: Link["call"];
  readonly session: Pick<Session, "userId" | "onChange">;
}

export interface RoutedCalls extends Pick<Link, "call"> {
  /** Aborts what is under way. */
  close(): void;
}

/**
 * Makes calls over the connection's socket while there is one, else over HTTP. What one user has asked for is not done
 * as another: when somebody else signs in, what is under way is aborted.
 */
export function createRoutedCalls({ connection, http, session }: RoutedCallsDeps): RoutedCalls {
  const underWay = new Set<() => void>();
  let user = session.userId();

  function close(): void {
    for (const abort of underWay) abort();
  }

  session.onChange((change) => {
    if (change.type !== "signed_in") return;
    // Who was not known yet is whoever is found first.
    if (user !== undefined && user !== change.userId) close();
    user = change.userId;
  });

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

  async function route(request: LinkRequest, signal: AbortSignal): Promise<unknown> {
    check(request);
    const link = socketFor(request.path);
    if (!link) return await http(request, signal);
    try {
      return await link.call(request, signal);
    } catch (error) {
      const { code } = toCauserieError(error);
      // Of a mutation that got no answer nobody knows whether it has happened. What was aborted says so over HTTP too.
      const mayRepeat = request.type === "query" || signal.aborted;
      const isLost = code === "NETWORK" && connection.link() !== link && mayRepeat;
      // The socket is known by an older token than the one that goes with a request.
      const isRefused = code === "UNAUTHORIZED" && request.path !== "auth.renew";
      if (!isLost && !isRefused) throw error;
      check(request);
      return await http(request, signal);
    }
  }

  return {
    async call(request, signal) {
      const controller = new AbortController();
      const abort = () => controller.abort();
      if (signal?.aborted) abort();
      signal?.addEventListener("abort", abort);
      underWay.add(abort);
      try {
        return await route(request, controller.signal);
      } finally {
        underWay.delete(abort);
        signal?.removeEventListener("abort", abort);
      }
    },
    close,
  };
}
