import { TRPCClientError } from "@trpc/client";
import { CauserieError } from "../errors.ts";
import type { AppRouter } from "../types.ts";
import type { ConnectionState } from "./connection-state.ts";

/** The error as users of tRPC's client know it: what the server said of it is in its `data`. */
export function toTrpcError(error: CauserieError): TRPCClientError<AppRouter> {
  return TRPCClientError.from(error.cause instanceof TRPCClientError ? error.cause : error);
}

/** Why there will be no connection unless the app does something; else undefined. */
export function refusalIn(state: ConnectionState): CauserieError | undefined {
  if (state.state === "auth_lost")
    return new CauserieError("UNAUTHORIZED", "Nobody is signed in.", { status: 401 });
  if (state.state === "closed") return new CauserieError("ABORTED", `The client is closed: ${state.reason}.`);
  return undefined;
}

/** Whether the app has closed the client, for good. */
export function isByApp(state: ConnectionState): boolean {
  return state.state === "closed" && state.reason === "by_app";
}
