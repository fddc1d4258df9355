import type { Locks } from "./platform.ts";

/** Where there are none: whoever wants a lock has it. */
export const noLocks: Locks = { areShared: false, hold: (_name, work) => work() };

/** The locks of a browser, which bind all its tabs of one origin. */
export function createWebLocks(manager: LockManager): Locks {
  return {
    areShared: true,
    hold: async (name, work, signal) => await manager.request(name, signal ? { signal } : {}, () => work()),
  };
}
