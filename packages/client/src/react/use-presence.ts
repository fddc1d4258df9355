import { useMemo } from "react";
import type { KnownStatus } from "../store/presence-store.ts";
import type { SnapshotStore } from "../store/snapshot-store.ts";
import { useClient } from "./causerie-provider.ts";
import { lazily, useSnapshot } from "./use-snapshot.ts";

/** Who of these users is there, by id. They are watched as long as the component is shown. */
export function usePresence(userIds: readonly number[]): ReadonlyMap<number, KnownStatus> {
  const { presence } = useClient().stores;
  const ids = userIds.join();
  const open = useMemo(
    () => lazily(() => together(new Map(userIds.map((id) => [id, presence.of(id)])))),
    [presence, ids],
  );
  const unknown = useMemo(() => new Map(userIds.map((id) => [id, "unknown" as const])), [ids]);
  return useSnapshot(open, () => unknown);
}

/** Many stores as one, whose snapshot is the same as long as all of theirs are. */
function together<Value>(
  stores: ReadonlyMap<number, SnapshotStore<Value>>,
): SnapshotStore<ReadonlyMap<number, Value>> {
  let values: ReadonlyMap<number, Value> | undefined;
  return {
    getSnapshot() {
      const next = new Map([...stores].map(([id, store]) => [id, store.getSnapshot()]));
      const isSame = values && [...next].every(([id, value]) => Object.is(values?.get(id), value));
      return isSame && values ? values : (values = next);
    },
    subscribe(listener) {
      const stops = [...stores.values()].map((store) => store.subscribe(listener));
      return () => stops.forEach((stop) => stop());
    },
  };
}
