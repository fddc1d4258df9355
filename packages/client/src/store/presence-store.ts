import type { UserStatus, WatchEvent } from "../types.ts";
import { createKeyedStore, type KeyedStore } from "./keyed-store.ts";
import type { PublishedDeps } from "./published.ts";

/** Whether somebody is there. Without a connection that is unknown. */
export type KnownStatus = UserStatus | "unknown";

/** Who is there, of those who are shown: each is watched while somebody listens. */
export interface PresenceStore extends Pick<KeyedStore<KnownStatus>, "of" | "wanted"> {
  /** What the server tells; undefined when nothing is known any more. */
  onEvent(event: WatchEvent | undefined): void;
}

export function createPresenceStore(deps: PublishedDeps, onWanted: () => void): PresenceStore {
  const { of, wanted, ids, set } = createKeyedStore<KnownStatus>(deps, "unknown", onWanted);
  return {
    of,
    wanted,
    onEvent(event) {
      if (event?.type === "presence.changed") set(event.user_id, event.status);
      else if (!event || event.type === "presence.states") {
        for (const id of ids()) set(id, "unknown");
        for (const { user_id, status } of event?.users ?? []) set(user_id, status);
      }
    },
  };
}
