import type { OutboxItem } from "./outbox.ts";

/** An item in memory, and what this tab knows of it. */
export interface Entry {
  /** As it is to be stored: there it never says that a call is under way. */
  item: OutboxItem;
  /** As the app sees it. */
  shown: OutboxItem;
  /** Whether a call is under way, from whichever tab. */
  isSending: boolean;
  /** As it is stored; null when it is not. */
  stored: OutboxItem | null;
  /** What the storage was last asked to hold; undefined when it was not. */
  asked: OutboxItem | null | undefined;
  /** The storage did not take it: nobody else will send it. */
  isPrivate: boolean;
  /** It has left the outbox. */
  isGone: boolean;
  /** The call of this tab that is under way with it, and the link it was made on. */
  call: { readonly link: unknown } | undefined;
  /** When another tab last said something of it, unless this one did since. */
  heardAt: number | undefined;
  /** Settles when it may be written for the first time. */
  ready: Promise<unknown>;
  /** Settles when the changes up to now are written, or could not be. */
  saved: Promise<unknown>;
}
