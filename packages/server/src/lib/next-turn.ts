import { setImmediate } from "node:timers/promises";

/**
 * Lets the event loop take its turn. SQLite answers at once, so a loop that awaits nothing
 * but queries would keep sockets, timers and other calls waiting until its end.
 */
export const nextTurn = (): Promise<void> => setImmediate();
