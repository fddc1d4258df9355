import { limits, type UserStatus, type WatchEvent } from "@causerie/shared";
import { isoTime, type Clock } from "../../lib/clock.ts";
import type { KeyedListener } from "../../realtime/keyed-listener.ts";

type Watcher = KeyedListener<WatchEvent>;

/** Who watches whom: a change costs what those who watch that user cost, and nobody else. */
export interface Watchers {
  /** Tells `watcher` of later changes of these users. Returns their present states, and what stops it. */
  add(userIds: readonly number[], watcher: Watcher): { readonly states: WatchedState[]; stop(): void };
  /** Says that a user's status may have changed. Watchers hear of it with the next batch. */
  changed(userId: number): void;
}

export interface WatchedState {
  user_id: number;
  status: UserStatus;
}

export interface WatchersDeps {
  readonly clock: Clock;
  readonly statusOf: (userId: number) => UserStatus;
  /** How long changes are gathered; ms. */
  readonly batchMs?: number;
}

export function createWatchers({
  clock,
  statusOf,
  batchMs = limits.presenceBatchMs,
}: WatchersDeps): Watchers {
  /** Of each watched user the watchers, with the status that each was told last. */
  const watched = new Map<number, Map<Watcher, UserStatus>>();
  const changed = new Set<number>();

  function tellAll(): void {
    const timestamp = isoTime(clock.now());
    const userIds = [...changed];
    changed.clear();
    for (const user_id of userIds) {
      const told = watched.get(user_id);
      if (!told) continue;
      const status = statusOf(user_id);
      const event: WatchEvent = { type: "presence.changed", user_id, status, timestamp };
      for (const [watcher, before] of told) {
        if (before === status) continue;
        told.set(watcher, status);
        watcher(event, `user:${user_id}`);
      }
    }
  }

  function remove(userId: number, watcher: Watcher): void {
    const told = watched.get(userId);
    told?.delete(watcher);
    if (told?.size === 0) watched.delete(userId);
  }

  return {
    add(userIds, watcher) {
      const states = userIds.map((user_id) => ({ user_id, status: statusOf(user_id) }));
      for (const { user_id, status } of states) {
        const told = watched.get(user_id) ?? new Map<Watcher, UserStatus>();
        watched.set(user_id, told.set(watcher, status));
      }
      return { states, stop: () => userIds.forEach((userId) => remove(userId, watcher)) };
    },

    changed(userId) {
      if (!watched.has(userId)) return;
      if (changed.size === 0) clock.after(batchMs, tellAll);
      changed.add(userId);
    },
  };
}
