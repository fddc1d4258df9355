/**
 * Hears ephemeral items. Of those with one key only the last counts, so whoever cannot hand them
 * on at once may keep that one and drop the others.
 */
export type KeyedListener<Item> = (item: Item, key: string) => void;

/**
 * A bounded queue with one reader, for ephemeral items: a later one takes the place of a waiting
 * one with its key. When it is full all the same, it drops everything and says so: the reader
 * then asks for what holds now.
 */
export interface KeyedQueue<Item> {
  readonly push: KeyedListener<Item>;
  /** The next item; undefined once the queue overflowed or the signal aborted. */
  next(signal: AbortSignal): Promise<Item | undefined>;
  overflowed(): boolean;
}

export function createKeyedQueue<Item>(capacity: number): KeyedQueue<Item> {
  const items = new Map<string, Item>();
  let overflowed = false;
  let wake: (() => void) | undefined;

  function take(): Item | undefined {
    for (const [key, item] of items) {
      items.delete(key);
      return item;
    }
    return undefined;
  }

  return {
    push(item, key) {
      if (overflowed) return;
      if (items.size >= capacity && !items.has(key)) {
        overflowed = true;
        items.clear();
      } else {
        items.set(key, item);
      }
      wake?.();
    },

    async next(signal) {
      if (items.size === 0 && !overflowed && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = done;
          signal.addEventListener("abort", done);
          function done() {
            signal.removeEventListener("abort", done);
            wake = undefined;
            resolve();
          }
        });
      }
      return signal.aborted ? undefined : take();
    },

    overflowed: () => overflowed,
  };
}
