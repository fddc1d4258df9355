import type { CauserieError } from "../errors.ts";
import type { AuthLostReason } from "../session/session.ts";
import type { Transport } from "./link.ts";

/** What the connection is doing: see `docs/protocol/sdk.md`. Times are in milliseconds since 1970. */
export type ConnectionState =
  | {
      /** `connecting`: there was no connection yet. `reconnecting`: there was one. */
      readonly state: "connecting" | "reconnecting";
      readonly phase: "waiting" | "refreshing" | "opening" | "catching_up";
      /** How many attempts in a row have failed. */
      readonly attempt: number;
      /** When the next attempt is made, while waiting. */
      readonly retryAt: number | null;
      readonly lastError: CauserieError | null;
    }
  | { readonly state: "online"; readonly transport: Transport }
  | { readonly state: "offline"; readonly reason: "idle" | "no_network" | "suspended" }
  | { readonly state: "auth_lost"; readonly reason: AuthLostReason }
  | { readonly state: "closed"; readonly reason: ClosedReason };

export type ClosedReason = "by_app" | "bad_client" | "forbidden" | "too_many_connections";
