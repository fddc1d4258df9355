import type { CauserieError } from "../errors.ts";
import type { AuthLostReason } from "../session/session.ts";
import type { Transport } from "./link.ts";

/** On the way to a connection. Each state is a type of its own, so that a check for it tells it apart. */
interface OnTheWay<State extends "connecting" | "reconnecting"> {
  readonly state: State;
  readonly phase: "waiting" | "refreshing" | "opening" | "catching_up";
  /** How many attempts in a row have failed. */
  readonly attempt: number;
  /** When the next attempt is made, while waiting. */
  readonly retryAt: number | null;
  readonly lastError: CauserieError | null;
}

/** What the connection is doing: see `docs/protocol/sdk.md`. Times are in milliseconds since 1970. */
export type ConnectionState =
  /** There was no connection yet. */
  | OnTheWay<"connecting">
  /** There was one. */
  | OnTheWay<"reconnecting">
  | { readonly state: "online"; readonly transport: Transport }
  | { readonly state: "offline"; readonly reason: "idle" | "no_network" | "suspended" }
  | { readonly state: "auth_lost"; readonly reason: AuthLostReason }
  | { readonly state: "closed"; readonly reason: ClosedReason };

/** Why a connection is not tried again. */
export type ClosedReason = "by_app" | "bad_client" | "forbidden" | "too_many_connections";
