import { createPublished, type Published, type PublishedDeps } from "./published.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** A value for each id. */
export interface KeyedStore<Value> {
  /** What holds for one id. */
  of(id: number): SnapshotStore<Value>;
  get(id: number): Value;
  set(id: number, value: Value): void;
  /** The ids that have another value than the usual one. */
  ids(): number[];
  /** The ids of those to which somebody listens, the latest last. */
  wanted(): number[];
}

/** `onWanted` is called when `wanted` changed. */
export function createKeyedStore<Value>(
  deps: PublishedDeps,
  usual: Value,
  onWanted: () => void,
): KeyedStore<Value> {
  const values = new Map<number, Value>();
  const heard = new Set<{ readonly id: number; readonly published: Published<Value> }>();
  const get = (id: number): Value => values.get(id) ?? usual;

  return {
    get,
    ids: () => [...values.keys()],
    wanted: () => [...new Set([...heard].map(({ id }) => id))],
    set(id, value) {
      if (value === usual) values.delete(id);
      else values.set(id, value);
      for (const one of heard) if (one.id === id) one.published.change();
    },
    of(id) {
      const published = createPublished<Value>(
        deps,
        () => get(id),
        (isHeard) => {
          heard[isHeard ? "add" : "delete"](one);
          onWanted();
          published.change();
        },
      );
      const one = { id, published };
      return published;
    },
  };
}
