/**
 * A bounded queue with one reader. When more comes in than it holds, it drops everything
 * and says so: the reader then goes back to the log, where nothing is lost.
 */
export interface Inbox<Item> {
  push(item: Item): void;
  /** The next item if there is one. */
  take(): Item | undefined;
  overflowed(): boolean;
  /** Empties the inbox and forgets the overflow. */
  reset(): void;
}

export function createInbox<Item>(capacity: number): Inbox<Item> {
  let items: Item[] = [];
  let overflowed = false;

  return {
    push(item) {
      if (items.length >= capacity) {
        overflowed = true;
        items = [];
      }
      if (!overflowed) items.push(item);
    },

    take: () => items.shift(),
    overflowed: () => overflowed,

    reset() {
      items = [];
      overflowed = false;
    },
  };
}
