/**
 * Something to show that changes: the same snapshot, to the identity, as long as nothing did. It is what
 * React's `useSyncExternalStore`, Svelte's stores and any loop of one's own can read.
 */
export interface SnapshotStore<Snapshot> {
  /** What there is now; the same object until something in it changes. */
  getSnapshot(): Snapshot;
  /** Calls `listener` after each change, once a turn at most. Returns what stops it. */
  subscribe(listener: () => void): () => void;
}
