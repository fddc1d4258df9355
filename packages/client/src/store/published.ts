import type { SnapshotStore } from "./snapshot-store.ts";
import type { Turn } from "./turn.ts";

export interface PublishedDeps {
  readonly turn: Turn;
  /** A listener failed. */
  readonly report: (where: string, cause: unknown) => void;
}

/** A store whose snapshot is made anew when something changed. */
export interface Published<Snapshot> extends SnapshotStore<Snapshot> {
  /** Something changed: the snapshot is made anew at the end of the turn. */
  change(): void;
  isHeard(): boolean;
}

/**
 * `make` returns the snapshot, the previous one if nothing in it changed. `onHeard` is called with whether there
 * are listeners, whenever that changes.
 */
export function createPublished<Snapshot>(
  { turn, report }: PublishedDeps,
  make: (previous?: Snapshot) => Snapshot,
  onHeard: (isHeard: boolean) => void,
): Published<Snapshot> {
  const listeners = new Set<() => void>();
  let snapshot = make();

  function publish(): void {
    const next = make(snapshot);
    if (Object.is(next, snapshot)) return;
    snapshot = next;
    for (const listener of [...listeners]) {
      try {
        listener();
      } catch (error) {
        report("listener", error);
      }
    }
  }

  return {
    getSnapshot: () => snapshot,
    subscribe(listener) {
      // Whoever subscribes twice is told twice.
      const own = () => listener();
      listeners.add(own);
      if (listeners.size === 1) onHeard(true);
      return () => {
        if (listeners.delete(own) && listeners.size === 0) onHeard(false);
      };
    },
    change: () => turn.soon(publish),
    isHeard: () => listeners.size > 0,
  };
}
