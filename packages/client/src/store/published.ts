import { listen, tell } from "../lib/listen.ts";
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
  const onError = (error: unknown) => report("listener", error);
  let snapshot = make();

  function publish(): void {
    const next = make(snapshot);
    if (Object.is(next, snapshot)) return;
    snapshot = next;
    tell(listeners, onError);
  }

  return {
    getSnapshot: () => snapshot,
    subscribe(listener) {
      const stop = listen(listeners, listener);
      if (listeners.size === 1) onHeard(true);
      return () => {
        if (stop() && listeners.size === 0) onHeard(false);
      };
    },
    change: () => turn.soon(publish),
  };
}
