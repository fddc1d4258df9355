import type { Link, LinkRequest } from "../connection/link.ts";
import type { Trpc } from "../types.ts";
import { iterate } from "./iterate.ts";
import type { SubscriptionCallbacks } from "./subscription-callbacks.ts";

/** Where calls and subscriptions go. */
export interface TrpcWays {
  readonly call: Link["call"];
  /** Starts a subscription. Returns what stops it, after which nothing of it is heard. */
  readonly subscribe: (request: LinkRequest, callbacks: SubscriptionCallbacks) => () => void;
}

/** What each method of a procedure does. */
const types = { query: "query", mutate: "mutation", subscribe: "subscription" } as const;

/** Where the libraries of tRPC look for the client that takes procedures by their paths. */
const untypedClient = Symbol.for("trpc_untypedClient");

/** A client with the types of tRPC's own: each path is a proxy, and ends with `query`, `mutate` or `subscribe`. */
export function createTrpc({ call, subscribe }: TrpcWays): Trpc {
  const caller = (type: "query" | "mutation") => {
    return (path: string, input?: unknown, options?: { readonly signal?: AbortSignal }) =>
      call({ type, path, input }, options?.signal);
  };
  const untyped = {
    query: caller("query"),
    mutation: caller("mutation"),
    subscription(path: string, input?: unknown, callbacks: SubscriptionCallbacks = {}) {
      const start = (told: SubscriptionCallbacks) => subscribe({ type: "subscription", path, input }, told);
      const isHeard = Object.values(callbacks).some((value) => typeof value === "function");
      return isHeard ? { unsubscribe: start(callbacks) } : iterate(start, callbacks.signal);
    },
  };

  const at = (path: string): unknown =>
    new Proxy(
      {},
      {
        get(_target, key) {
          if (key === untypedClient) return untyped;
          // It is no promise, whoever asks.
          if (typeof key === "symbol" || key === "then") return undefined;
          const type = Object.hasOwn(types, key) && types[key as keyof typeof types];
          if (type) return (...args: [input?: unknown, options?: object]) => untyped[type](path, ...args);
          return at(path ? `${path}.${key}` : key);
        },
      },
    );
  return at("") as Trpc;
}
