import { TRPCUntypedClient, type TRPCLink } from "@trpc/client";
import { call } from "../call.ts";
import type { AppRouter } from "../types.ts";
import type { Link } from "./link.ts";

/** Makes calls over HTTP in the way that a link does. */
export function createHttpCall(http: TRPCLink<AppRouter>): Link["call"] {
  const client = new TRPCUntypedClient<AppRouter>({ links: [http] });
  return ({ type, path, input }, signal) => {
    const options = signal ? { signal } : {};
    return call(client[type as "query" | "mutation"](path, input, options), options);
  };
}
