import type { StoredEvent } from "@causerie/shared";
import type { Audience } from "./audience.ts";
import type { Write } from "./write.ts";

/**
 * The only way to change the database. Writes that arrive together share one transaction and one
 * sync to disk, yet each succeeds or fails alone, in the order in which they came. The promise
 * settles after the commit: what it resolved is durable.
 */
export interface Writer {
  run<Input, Result>(write: Write<Input, Result>, input: Input): Promise<Result>;
  /** Waits for the writes under way and refuses new ones. */
  close(): Promise<void>;
}

/** An event that was just written. */
export interface WrittenEvent {
  readonly position: number;
  readonly audience: Audience;
  /** Undefined where only the database says what listeners get. */
  readonly content: StoredEvent | undefined;
}

/** What one transaction did. */
export interface Commit {
  /** Its events, in the order of their positions: the last is the new head of the log. */
  readonly events: readonly WrittenEvent[];
  /** How many writes shared it. */
  readonly writes: number;
  /** How long it took, from its beginning until what it wrote was durable; ms. */
  readonly transactionMs: number;
  /** How long the commit took with its sync to disk; ms. */
  readonly commitMs: number;
}
