import type { CauserieErrorCode } from "../errors.ts";
import type { SnapshotStore } from "../store/snapshot-store.ts";
import type { Message, SendInput } from "../types.ts";

/** A message on its way: see `docs/protocol/sdk.md`, "The outbox". */
export interface OutboxItem {
  /** A UUID that grows with time; the item's identity everywhere. */
  readonly clientMessageId: string;
  readonly userId: number;
  /** What is sent, frozen; without its `client_message_id`. */
  readonly input: OutboxInput;
  /** Grows with each item of the user on this device. */
  readonly order: number;
  /** Local time, ms. */
  readonly createdAt: number;
  readonly state: "queued" | "sending" | "failed";
  /** How many calls went out with it. */
  readonly attempts: number;
  readonly lastError: {
    readonly code: CauserieErrorCode;
    readonly at: number;
    readonly retryAfterMs: number | null;
  } | null;
}

export type OutboxInput = Omit<SendInput, "client_message_id">;

/** A message handed to the outbox. */
export interface Sending {
  readonly clientMessageId: string;
  /** Settles once: with the stored message (null when it was deleted since), or a CauserieError when it failed or was cancelled. */
  readonly sent: Promise<Message | null>;
}

/** All messages on their way, oldest first. */
export interface Outbox extends SnapshotStore<readonly OutboxItem[]> {
  /** Queues a message. Throws a CauserieError when it cannot be one, or the outbox is full. */
  send(input: OutboxInput): Sending;
  /** Gives up a message that is not stored yet, as far as that can be told. */
  cancel(clientMessageId: string): Promise<"cancelled" | "in_doubt" | "too_late">;
  /** Queues a failed one again, at its old place, under its old id. */
  retry(clientMessageId: string): Sending;
  /** Forgets a failed one. */
  discard(clientMessageId: string): Promise<void>;
  close(): Promise<void>;
}

/** Where items are kept. Each promise resolves when the change is durable. */
export interface OutboxStorage {
  load(user: OutboxUser): Promise<readonly OutboxItem[]>;
  put(user: OutboxUser, item: OutboxItem): Promise<void>;
  remove(user: OutboxUser, clientMessageId: string): Promise<void>;
}

/** Whose items they are: of one account on one server. */
export interface OutboxUser {
  readonly server: string;
  readonly userId: number;
}
