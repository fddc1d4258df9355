/** Counts what is held at once, per key. */
export interface Slots {
  /** Takes a slot of `key`; undefined when none is free. The result gives it back, once. */
  take(key: string): (() => void) | undefined;
  /** Slots held now, of all keys that begin with `prefix`. */
  held(prefix?: string): number;
}

/** Slots of which each key may hold `most`. */
export function createSlots(most: number): Slots {
  const counts = new Map<string, number>();
  return {
    take(key) {
      const count = counts.get(key) ?? 0;
      if (count >= most) return undefined;
      counts.set(key, count + 1);
      let taken = true;
      return () => {
        if (!taken) return;
        taken = false;
        const left = (counts.get(key) ?? 0) - 1;
        if (left > 0) counts.set(key, left);
        else counts.delete(key);
      };
    },
    held(prefix = "") {
      let held = 0;
      for (const [key, count] of counts) if (key.startsWith(prefix)) held += count;
      return held;
    },
  };
}
