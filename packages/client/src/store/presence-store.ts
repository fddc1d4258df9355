import type { UserStatus } from "../types.ts";
import { createKeyedStore } from "./keyed-store.ts";
import type { PublishedDeps } from "./published.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import type { Watch } from "./watch.ts";

/** Whether people are there. Without a connection that is unknown. */
export type KnownStatus = UserStatus | "unknown";

/** Who is there, of those who are shown: each is watched while somebody listens. */
export interface PresenceStore {
  of(userId: number): SnapshotStore<KnownStatus>;
}

export interface PresenceStoreDeps extends PublishedDeps {
  readonly watch: Watch;
}

export function createPresenceStore(deps: PresenceStoreDeps): PresenceStore {
  const { watch } = deps;
  const known = new Map<number, UserStatus>();
  const store = createKeyedStore<KnownStatus>(
    deps,
    (id) => known.get(id) ?? "unknown",
    (id) => watch.want("user_ids", id),
  );
  watch.onEvent((event) => {
    if (event?.type === "presence.changed") {
      known.set(event.user_id, event.status);
      store.change(event.user_id);
    } else if (!event || event.type === "presence.states") {
      known.clear();
      for (const { user_id, status } of event?.users ?? []) known.set(user_id, status);
      store.change();
    }
  });
  return { of: store.of };
}
