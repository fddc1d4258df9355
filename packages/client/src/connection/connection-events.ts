import type { CauserieErrorCode } from "../errors.ts";
import type { FeedResetReason } from "../feed/feed.ts";
import type { Failure } from "../lib/emitter.ts";
import type { ServerEvent } from "../types.ts";
import type { ConnectionState } from "./connection-state.ts";
import type { Transport } from "./link.ts";

/** What the connection and the feed tell of themselves. */
export interface ConnectionEvents {
  /** Each change, after it holds. */
  state: ConnectionState & { readonly previous: ConnectionState["state"] };
  /** An attempt did not reach the stream. */
  attempt_failed: AttemptFailed;
  /** WebSocket and SSE change places. */
  transport: { readonly from: Transport; readonly to: Transport };
  /** Once for each start of the stream. */
  resume: {
    readonly outcome: "resumed" | "caught_up" | "reset";
    readonly n: number;
    readonly reason: FeedResetReason | undefined;
  };
  /** Each item of the stream, while it is handled. */
  event: { readonly event: ServerEvent; readonly cursor: string };
  /** A probe ended. */
  probe: { readonly cause: ProbeCause; readonly ok: boolean; readonly ms: number };
  error: Failure;
}

/** What is known of an attempt to connect that failed. */
export interface AttemptFailed {
  /** How many had failed before it. */
  readonly attempt: number;
  readonly transport: Transport;
  readonly code: CauserieErrorCode;
  /** The HTTP status, where there was one that the platform shows. */
  readonly status: number | undefined;
  readonly closeCode: number | undefined;
  /** When the next one is made; undefined when there is none, or it is made at once. */
  readonly retryAt: number | undefined;
}

/** Why the client asked for a sign of life. */
export type ProbeCause =
  "shown" | "resumed" | "network_there" | "no_network" | "late_timer" | "silence" | "slow_call";
