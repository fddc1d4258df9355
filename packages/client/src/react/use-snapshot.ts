import { useCallback, useSyncExternalStore } from "react";
import type { SnapshotStore } from "../store/snapshot-store.ts";

/** A store to show, made when it is first needed, and always the same one. */
export type Open<Store> = () => Store;

/**
 * What a store shows now; the component is rendered again when that changes. `onServer` is shown by a server, and
 * by the browser until it has taken over what the server sent. `begin` is called before somebody listens.
 */
export function useSnapshot<Snapshot, Store extends SnapshotStore<Snapshot>>(
  open: Open<Store & SnapshotStore<Snapshot>>,
  onServer: () => Snapshot,
  begin?: (store: Store) => void,
): Snapshot {
  const subscribe = useCallback(
    (listener: () => void) => {
      begin?.(open());
      return open().subscribe(listener);
    },
    [open, begin],
  );
  return useSyncExternalStore(subscribe, () => open().getSnapshot(), onServer);
}

/** Makes something when it is first asked for. */
export function lazily<Value extends object>(make: () => Value): Open<Value> {
  let made: Value | undefined;
  return () => (made ??= make());
}
