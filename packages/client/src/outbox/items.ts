import { CauserieError } from "../errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Message } from "../types.ts";
import { createDeferred, type Deferred } from "./deferred.ts";
import type { Entry } from "./entry.ts";
import type { Keeper } from "./keeper.ts";
import type { CancelResult, OutboxChange, OutboxInput, OutboxItem, Sending } from "./outbox.ts";

/** What the tabs of a user tell each other of an item. */
export type Told =
  /** A new one or a new state, as it is stored, and whether a call is under way. */
  | { readonly item: OutboxItem; readonly isSending: boolean }
  /** It was sent, as `message` (null: deleted since); with undefined it was given up. */
  | { readonly gone: string; readonly message: Message | null | undefined }
  /** The user signed out, and all of theirs is given up: these, and what else a tab has. */
  | { readonly cleared: readonly string[] }
  /** Whoever leads should give it up. */
  | { readonly cancel: string }
  /**
   * A tab has read the storage. It may have read what was about to leave. And a tab may have ended before it told of
   * what it put there, so that whoever leads should read it too.
   */
  | { readonly look: true };

export interface ItemsDeps {
  readonly keeper: Keeper;
  readonly conversationOf: (input: OutboxInput) => number | undefined;
  readonly after: Clock["after"];
  readonly tell: (told: Told) => void;
  /** A message was stored, and its item is about to leave. */
  readonly onSent: (message: Message) => void;
  readonly onChange: (change: OutboxChange) => void;
}

/** The items in memory, with their promises. */
export interface Items {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Those that somebody wants to be given up, which is not decided yet. */
  readonly cancels: Map<string, Deferred<CancelResult>>;
  /** Those that left a short while ago: whoever has not heard of it yet does not bring them back. */
  readonly left: ReadonlyMap<string, Message | null | undefined>;
  /** Whether anybody here waits for what becomes of it. */
  has(id: string): boolean;
  sorted(): Entry[];
  snapshot(): readonly OutboxItem[];
  lastOrder(): number;
  /** Takes in an item, or another state of one, as it is stored. */
  take(item: OutboxItem, isSending: boolean, stored: OutboxItem | null, heardAt?: number): Entry;
  /** Notes whether a call is under way. */
  note(entry: Entry, isSending: boolean): void;
  /** Changes one, and tells so when that is stored. */
  change(entry: Entry, changes: Partial<OutboxItem>, isSending?: boolean): void;
  /** Takes one out: it was sent as `message` (null: deleted since), or with undefined given up. */
  drop(id: string, message: Message | null | undefined, isHeard?: boolean): void;
  /** Answers who asked for it to be given up. */
  answer(id: string, result: CancelResult): void;
  promiseOf(id: string): Sending;
  settle(id: string, outcome: Message | null | CauserieError): void;
  /** Tells the other tabs of it, as it is stored. */
  tellOf(entry: Entry): void;
  /** Forgets all of them here; what is stored stays. */
  forget(): void;
}

/** Longer than a write or a word between tabs takes. */
const memoryMs = 30_000;

export const givenUp = () => new CauserieError("ABORTED", "The message was given up.");

export function createItems({ after, keeper, conversationOf, tell, onSent, onChange }: ItemsDeps): Items {
  const entries = new Map<string, Entry>();
  const waiting = new Map<string, Deferred<Message | null>>();
  const cancels = new Map<string, Deferred<CancelResult>>();
  const left = new Map<string, Message | null | undefined>();
  let snapshot: readonly OutboxItem[] | undefined;
  let lastOrder = 0;

  function sorted(): Entry[] {
    return [...entries.values()].sort(
      ({ item: a }, { item: b }) => a.order - b.order || (a.clientMessageId < b.clientMessageId ? -1 : 1),
    );
  }

  function changed(entry: Entry, state?: OutboxChange["state"]): void {
    const { item, isSending } = entry;
    const { clientMessageId, input, attempts, lastError, order } = item;
    entry.shown = isSending ? { ...item, state: "sending" } : item;
    lastOrder = Math.max(lastOrder, order);
    snapshot = undefined;
    onChange({
      ...{ clientMessageId, conversationId: conversationOf(input) ?? null, attempts },
      ...{ state: state ?? entry.shown.state, code: lastError?.code ?? null },
    });
  }

  function note(entry: Entry, isSending: boolean): void {
    entry.isSending = isSending;
    changed(entry);
  }

  function tellOf(entry: Entry): void {
    const { item, stored, isSending } = entry;
    // What is not stored, or not yet, is this tab's alone.
    if (!stored || entries.get(item.clientMessageId) !== entry) return;
    tell({ item: stored, isSending });
  }

  function settle(id: string, outcome: Message | null | CauserieError): void {
    const promise = waiting.get(id);
    waiting.delete(id);
    if (outcome instanceof CauserieError) promise?.reject(outcome);
    else promise?.resolve(outcome);
  }

  function answer(id: string, result: CancelResult): void {
    cancels.get(id)?.resolve(result);
    cancels.delete(id);
  }

  return {
    entries,
    cancels,
    left,
    has: (id) => entries.has(id) || waiting.has(id),
    sorted,
    snapshot: () => (snapshot ??= sorted().map(({ shown }) => shown)),
    lastOrder: () => lastOrder,
    take(item, isSending, stored, heardAt) {
      const id = item.clientMessageId;
      const now = Promise.resolve();
      const blank = { shown: item, isPrivate: false, isGone: false, call: undefined, ready: now, saved: now };
      const asked = stored ?? undefined;
      const entry = Object.assign(entries.get(id) ?? blank, { item, isSending, stored, asked, heardAt });
      entries.set(id, entry);
      changed(entry);
      return entry;
    },
    note,
    change(entry, changes, isSending = false) {
      entry.heardAt = undefined;
      entry.item = { ...entry.item, ...changes, version: entry.item.version + 1 };
      note(entry, isSending);
      keeper.save(entry);
      void entry.saved.then(() => tellOf(entry));
    },
    drop(id, message, isHeard) {
      const entry = entries.get(id);
      const asked = cancels.get(id);
      cancels.delete(id);
      left.set(id, message);
      after(memoryMs, () => left.delete(id));
      if (entry) {
        if (message) onSent(message);
        entries.delete(id);
        entry.isGone = true;
        entry.call = undefined;
        // Also when another tab does, which may end in between.
        keeper.save(entry);
        const tellGone = () => isHeard || tell({ gone: id, message });
        // Should this program end in between, what was sent is sent once more, and what was given up is not.
        if (message !== undefined) tellGone();
        else void entry.saved.then(tellGone);
        changed(entry, message === undefined ? "gone" : "sent");
      }
      const attempted = entry?.item.attempts ? "in_doubt" : "cancelled";
      const result = message === undefined ? attempted : "too_late";
      void (entry?.saved ?? Promise.resolve()).then(() => asked?.resolve(result));
      settle(id, message === undefined ? givenUp() : message);
    },
    answer,
    promiseOf(clientMessageId) {
      const promise = waiting.get(clientMessageId) ?? createDeferred();
      waiting.set(clientMessageId, promise);
      return { clientMessageId, sent: promise.promise };
    },
    settle,
    tellOf,
    forget() {
      for (const id of [...waiting.keys()]) settle(id, givenUp());
      for (const id of [...cancels.keys()]) answer(id, "in_doubt");
      for (const entry of entries.values()) entry.call = undefined;
      entries.clear();
      snapshot = undefined;
    },
  };
}
