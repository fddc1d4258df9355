/**
 * Ephemeral items that wait for room, of those with one key the latest. When there are too many, all
 * are dropped: nothing depends on them, and whoever sent them says what holds now.
 */
export interface HeldItems<Item> {
  /** `onLost` belongs to the sender of the item, and stands for all that it sends. */
  hold(key: string, item: Item, onLost: () => void): void;
  /** Takes out the one that waits longest. */
  take(): Item | undefined;
  size(): number;
  /** Asks the senders of dropped items, when no older ones wait; false when nothing was dropped. */
  askAgain(): boolean;
}

export interface HeldItemsOptions<Item> {
  readonly capacity: number;
  readonly sizeOf: (item: Item) => number;
}

interface Held<Item> {
  readonly item: Item;
  readonly onLost: () => void;
}

export function createHeldItems<Item>({ capacity, sizeOf }: HeldItemsOptions<Item>): HeldItems<Item> {
  const waiting = new Map<string, Held<Item>>();
  let lost = new Set<() => void>();
  let size = 0;

  function remove(key: string, { item }: Held<Item>): void {
    waiting.delete(key);
    size -= sizeOf(item);
  }

  return {
    hold(key, item, onLost) {
      const before = waiting.get(key);
      if (before) remove(key, before);
      waiting.set(key, { item, onLost });
      size += sizeOf(item);
      if (size <= capacity) return;
      for (const dropped of waiting.values()) lost.add(dropped.onLost);
      waiting.clear();
      size = 0;
    },

    take() {
      for (const [key, held] of waiting) {
        remove(key, held);
        return held.item;
      }
      return undefined;
    },

    size: () => size,

    askAgain() {
      if (lost.size === 0 || waiting.size > 0) return false;
      const asked = lost;
      lost = new Set();
      for (const ask of asked) ask();
      return true;
    },
  };
}
