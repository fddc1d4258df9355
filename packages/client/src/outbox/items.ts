import { CauserieError } from "../errors.ts";
import type { Message } from "../types.ts";
import type { ConversationKeys } from "./conversation-keys.ts";
import { createDeferred, type Deferred } from "./deferred.ts";
import type { Entry } from "./entry.ts";
import type { Keeper } from "./keeper.ts";
import type { CancelResult, OutboxChange, OutboxItem, Sending } from "./outbox.ts";

/** What the tabs of a user tell each other of an item. */
export type Told =
  /** A new one or a new state. */
  | { readonly item: OutboxItem }
  /** It was sent, as `message` (null: deleted since); with undefined it was given up. */
  | { readonly gone: string; readonly message: Message | null | undefined }
  /** Whoever leads should give it up. */
  | { readonly cancel: string };

export interface ItemsDeps {
  readonly keeper: Keeper;
  readonly keys: ConversationKeys;
  readonly tell: (told: Told) => void;
  /** A message was stored, and its item is about to leave. */
  readonly onSent: (message: Message, key: string) => void;
  readonly onChange: (change: OutboxChange) => void;
}

/** The items in memory, with their promises. */
export interface Items {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Those that somebody wants to be given up, which is not decided yet. */
  readonly cancels: Map<string, Deferred<CancelResult>>;
  /** Whether anybody here waits for what becomes of it. */
  has(id: string): boolean;
  sorted(): Entry[];
  snapshot(): readonly OutboxItem[];
  lastOrder(): number;
  /** Takes in an item, or another state of one, as it is stored. */
  take(item: OutboxItem, stored?: OutboxItem, heardAt?: number): Entry;
  /** Changes one in memory. */
  note(entry: Entry, changes?: Partial<OutboxItem>): void;
  /** Changes one, and tells so when that is stored. */
  change(entry: Entry, changes: Partial<OutboxItem>): void;
  /** Takes one out: it was sent as `message` (null: deleted since), or with undefined given up. */
  drop(id: string, message: Message | null | undefined, isHeard?: boolean): void;
  /** Answers who asked for it to be given up. */
  answer(id: string, result: CancelResult): void;
  promiseOf(id: string): Sending;
  settle(id: string, outcome: Message | null | CauserieError): void;
  /** Tells the other tabs what holds of it. */
  tellOf(entry: Entry): void;
  /** Forgets all of them here; what is stored stays. */
  forget(): void;
}

export const givenUp = () => new CauserieError("ABORTED", "The message was given up.");

export function createItems({ keeper, keys, tell, onSent, onChange }: ItemsDeps): Items {
  const entries = new Map<string, Entry>();
  const waiting = new Map<string, Deferred<Message | null>>();
  const cancels = new Map<string, Deferred<CancelResult>>();
  let snapshot: readonly OutboxItem[] | undefined;
  let lastOrder = 0;

  function sorted(): Entry[] {
    return [...entries.values()].sort(
      ({ item: a }, { item: b }) => a.order - b.order || (a.clientMessageId < b.clientMessageId ? -1 : 1),
    );
  }

  function changed({ item }: Entry, state: OutboxChange["state"] = item.state): void {
    const { clientMessageId, input, attempts, lastError } = item;
    snapshot = undefined;
    const conversationId = keys.conversationOf(input);
    onChange({ clientMessageId, conversationId, state, attempts, code: lastError?.code ?? null });
  }

  function note(entry: Entry, changes?: Partial<OutboxItem>): void {
    entry.item = { ...entry.item, ...changes };
    changed(entry);
  }

  function tellOf(entry: Entry): void {
    const { item, isPrivate } = entry;
    if (!isPrivate && entries.get(item.clientMessageId) === entry) tell({ item });
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
    has: (id) => entries.has(id) || waiting.has(id),
    sorted,
    snapshot: () => (snapshot ??= sorted().map(({ item }) => item)),
    lastOrder: () => lastOrder,
    take(item, stored, heardAt) {
      const id = item.clientMessageId;
      const blank = { isPrivate: false, isGone: false, call: undefined, saved: Promise.resolve() };
      const entry = Object.assign(entries.get(id) ?? blank, { item, stored, heardAt });
      entries.set(id, entry);
      lastOrder = Math.max(lastOrder, item.order);
      changed(entry);
      return entry;
    },
    note,
    change(entry, changes) {
      entry.heardAt = undefined;
      note(entry, changes);
      keeper.save(entry);
      void entry.saved.then(() => tellOf(entry));
    },
    drop(id, message, isHeard) {
      const entry = entries.get(id);
      if (entry) {
        const { item, stored } = entry;
        if (message) {
          keys.learn(item.input, message);
          onSent(message, keys.keyOf(item.input));
        }
        entries.delete(id);
        entry.isGone = true;
        entry.call = undefined;
        // Told first: should this program end in between, the item is sent once more, and nobody waits for ever.
        if (!isHeard) tell({ gone: id, message });
        if (!isHeard || cancels.has(id) || stored !== item) keeper.save(entry);
        changed(entry, message === undefined ? "gone" : "sent");
      }
      const attempted = entry?.item.attempts ? "in_doubt" : "cancelled";
      const result = message === undefined ? attempted : "too_late";
      void (entry?.saved ?? Promise.resolve()).then(() => answer(id, result));
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
