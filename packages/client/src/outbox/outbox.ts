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
  /** Local time in ms at which it was handed over, or queued again by `retry`. */
  readonly createdAt: number;
  readonly state: "queued" | "sending" | "failed";
  /** Grows with each change that is stored: of two, the greater one holds. */
  readonly version: number;
  /** How many calls went out with it. */
  readonly attempts: number;
  /** How many of them ended with `INTERNAL_SERVER_ERROR`. */
  readonly faults: number;
  readonly lastError: {
    readonly code: CauserieErrorCode;
    readonly at: number;
    readonly retryAfterMs: number | null;
  } | null;
}

/** What is sent; its id is the outbox's. */
export type OutboxInput = WithoutId<SendInput>;
type WithoutId<Input> = Input extends unknown ? Omit<Input, "client_message_id"> : never;

/** A message handed to the outbox. */
export interface Sending {
  readonly clientMessageId: string;
  /**
   * Settles once: with the stored message (null when it was deleted since), or a CauserieError when it failed, or
   * `ABORTED` when it was given up. Nobody has to wait for it: the item tells the same.
   */
  readonly sent: Promise<Message | null>;
}

/** All messages on their way, oldest first. */
export interface Outbox extends SnapshotStore<readonly OutboxItem[]> {
  /** Queues a message. Throws a CauserieError when it cannot be one, nobody is signed in, or the outbox is full. */
  send(input: OutboxInput): Sending;
  /** Gives up a message that is not stored yet, as far as that can be told. */
  cancel(clientMessageId: string): Promise<CancelResult>;
  /** Queues a failed one again, at its old place, under its old id. Throws `NOT_FOUND` when there is no such item. */
  retry(clientMessageId: string): Sending;
  /** Forgets a failed one; others it leaves alone. */
  discard(clientMessageId: string): Promise<void>;
  /**
   * Has `end` end the session, and as soon as it has ended forgets everything of the user, on the device and in other
   * tabs too. A session that ends without this leaves the items on the device for when the same user comes back.
   */
  signOut(end: () => Promise<void>): Promise<void>;
  /** Stops; what waits is kept where it is stored, and its promises reject with `ABORTED`. */
  close(): Promise<void>;
}

/**
 * `cancelled`: it had never left the device. `in_doubt`: it is not sent again, but may have been stored by an
 * earlier attempt. `too_late`: it is under way or stored.
 */
export type CancelResult = "cancelled" | "in_doubt" | "too_late";

/** Something happened to an item. It never holds the text. */
export interface OutboxChange {
  readonly clientMessageId: string;
  /** Null while it is not known which conversation a receiver's is. */
  readonly conversationId: number | null;
  /** `gone`: it left without being sent, as it was cancelled, discarded or cleared. */
  readonly state: OutboxItem["state"] | "sent" | "gone";
  readonly attempts: number;
  readonly code: CauserieErrorCode | null;
}

/**
 * Where items are kept. Changes take effect in the order of the calls, of all tabs if they share it. Each promise
 * resolves when its change is durable.
 */
export interface OutboxStorage {
  /** Whether other tabs have the same items. */
  readonly isShared: boolean;
  /** The items of a user. Those of others that are older than 7 days are deleted on the way. */
  load(user: OutboxUser): Promise<readonly OutboxItem[]>;
  /** Adds an item, or replaces the one with its id. */
  put(user: OutboxUser, item: OutboxItem): Promise<void>;
  /** Forgets an item; one that is not there is no error. */
  remove(user: OutboxUser, clientMessageId: string): Promise<void>;
  /** Lets go of files and connections until the next call. */
  close?(): Promise<void>;
}

/** Whose items they are: of one account on one server. */
export interface OutboxUser {
  readonly server: string;
  readonly userId: number;
}
