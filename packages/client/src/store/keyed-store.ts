import { createPublished, type Published, type PublishedDeps } from "./published.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** A value for each id, of those to which somebody listens. */
export interface KeyedStore<Value> {
  of(id: number): SnapshotStore<Value>;
  /** The value of one id may have changed; without an id, that of all. */
  change(id?: number): void;
}

/** `onWanted` is called when an id gets its first listener; what it returns when the last one is gone. */
export function createKeyedStore<Value>(
  deps: PublishedDeps,
  read: (id: number) => Value,
  onWanted: (id: number) => () => void,
): KeyedStore<Value> {
  const heard = new Map<number, Set<Published<Value>>>();

  return {
    of(id) {
      let release: (() => void) | undefined;
      const published = createPublished<Value>(
        deps,
        () => read(id),
        (isHeard) => {
          const same = heard.get(id) ?? new Set();
          heard.set(id, same);
          if (isHeard) {
            same.add(published);
            release = onWanted(id);
          } else {
            same.delete(published);
            if (same.size === 0) heard.delete(id);
            release?.();
          }
          published.change();
        },
      );
      return published;
    },
    change(id) {
      for (const [one, same] of heard)
        if (id === undefined || id === one) for (const published of same) published.change();
    },
  };
}
