import type { SnapshotStore } from "../store/snapshot-store.ts";
import { useSnapshot, type Open } from "./use-snapshot.ts";

/** Whether a hook waits in a `<Suspense>` until there is something to show. */
export interface SuspenseOptions {
  /**
   * Whether the component waits in a `<Suspense>` until there is something to show. A server then shows what the
   * app has loaded before, else the fallback. Without, a server shows that it is loading.
   */
  readonly suspense?: boolean | undefined;
}

interface Loading {
  readonly status: string;
}

/** What a store shows that may have to be loaded first. */
export function useLoaded<Snapshot extends Loading, Store extends SnapshotStore<Snapshot>>(
  open: Open<Store & SnapshotStore<Snapshot>>,
  onServer: Snapshot,
  suspense = false,
  begin?: (store: Store) => void,
): Snapshot {
  const snapshot = useSnapshot(open, () => (suspense ? open().getSnapshot() : onServer), begin);
  if (!suspense || snapshot.status !== "loading") return snapshot;
  if (typeof window === "undefined") throw new Error("This is loaded in the browser only.");
  begin?.(open());
  // React waits for a promise that is thrown: the way to wait that 18 and 19 share.
  // eslint-disable-next-line @typescript-eslint/only-throw-error
  throw loaded(open());
}

const waits = new WeakMap<object, Promise<void>>();

/** Listens until something is loaded. Each time React asks before, it gets the same promise. */
function loaded(store: SnapshotStore<Loading>): Promise<void> {
  const wait =
    waits.get(store) ??
    new Promise((resolve) => {
      const stop = store.subscribe(() => {
        if (store.getSnapshot().status === "loading") return;
        stop();
        waits.delete(store);
        resolve();
      });
    });
  waits.set(store, wait);
  return wait;
}
