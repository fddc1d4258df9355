import type { Refusal } from "./blocks.ts";
import type { Expiry } from "./expiry.ts";
import type { Lane } from "./lane.ts";

/** What all connections of a faulty network share. */
export interface Wire {
  readonly expiry: Expiry;
  /** The connections and requests that are open. */
  readonly open: Set<Exchange>;
  /** Whether, and how, the network does not take a new one of this kind. */
  refusalOf(via: "websocket" | "http"): Refusal | undefined;
  lane(name: string, inOrder: boolean): Lane;
}

/** A connection, or a request with its answer. */
export interface Exchange {
  /** Breaks it without a word. */
  cut(): void;
  /** Breaks it as the server does, if the token it was opened with has expired. */
  expire(): void;
}
