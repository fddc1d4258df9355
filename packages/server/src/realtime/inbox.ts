/**
 * A bounded queue with one reader. When more comes in than it holds, it drops everything
 * and says so: the reader then goes back to the log, where nothing is lost.
 */
export interface Inbox<Item> {
  push(item: Item): void;
  /** The next item; undefined once `waitMs` passed, the inbox overflowed or the signal aborted. */
  next(waitMs: number, signal: AbortSignal): Promise<Item | undefined>;
  /** The next item if it is there already. */
  take(): Item | undefined;
  isEmpty(): boolean;
  overflowed(): boolean;
  /** Empties the inbox and forgets the overflow. */
  reset(): void;
}

export function createInbox<Item>(capacity: number): Inbox<Item> {
  let items: Item[] = [];
  let overflowed = false;
  let wake: (() => void) | undefined;

  return {
    push(item) {
      if (items.length >= capacity) {
        overflowed = true;
        items = [];
      }
      if (!overflowed) items.push(item);
      wake?.();
    },

    async next(waitMs, signal) {
      if (items.length === 0 && !overflowed && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(done, waitMs);
          signal.addEventListener("abort", done);
          wake = done;
          function done() {
            clearTimeout(timer);
            signal.removeEventListener("abort", done);
            wake = undefined;
            resolve();
          }
        });
      }
      return signal.aborted ? undefined : items.shift();
    },

    take: () => items.shift(),
    isEmpty: () => items.length === 0,
    overflowed: () => overflowed,

    reset() {
      items = [];
      overflowed = false;
    },
  };
}
