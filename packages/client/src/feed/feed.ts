import type { Bootstrap, ServerEvent } from "../types.ts";

/** A stored change. Heartbeats and resets are the feed's own business. */
export type FeedEvent = Exclude<ServerEvent, { type: "heartbeat" | "reset" }>;

/** How the event stream started, or went on. */
export type Outcome =
  /** It went on, and nothing had happened. */
  | { readonly outcome: "resumed" }
  /** `n` events were missed and have been handed over. */
  | { readonly outcome: "caught_up"; readonly n: number }
  /** What was missed will not come: `snapshot` is what holds now. Also the first start. */
  | { readonly outcome: "reset"; readonly reason: FeedResetReason; readonly snapshot: Bootstrap };

/** Why everything that was known has to be replaced. */
export type FeedResetReason =
  "epoch_changed" | "position_unknown" | "too_old" | "no_cursor" | "cursor_refused" | "other_user";

/** The one event stream of a client, handed to all who listen. */
export interface Feed {
  /**
   * Calls `handler` with each event in order; what it returns is awaited before the cursor moves and the next
   * event is handed over. One that fails is reported and counts as done.
   */
  onEvent(handler: (event: FeedEvent, cursor: string) => void | Promise<void>): () => void;
  /** Calls `handler` at each start of the stream, before later events. A reset is repeated until it succeeds. */
  onOutcome(handler: (outcome: Outcome) => void | Promise<void>): () => void;
  /** Calls `handler` at each heartbeat: all there was has been handed over. */
  onHeartbeat(handler: () => void): () => void;
}
