import type { Locks } from "./platform.ts";

/** The locks of a browser, which bind all its tabs of one origin. */
export function createWebLocks(manager: LockManager): Locks {
  return {
    areShared: true,
    hold: async (name, work, signal) => await manager.request(name, signal ? { signal } : {}, () => work()),
  };
}
