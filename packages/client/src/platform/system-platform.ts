import { openChannel } from "./broadcast-channel.ts";
import { systemClock } from "./clock.ts";
import { createPageSignals } from "./page-signals.ts";
import type { Platform } from "./platform.ts";
import { systemFetch } from "./system-fetch.ts";
import { createWebLocks, noLocks } from "./web-locks.ts";

/** What this runtime offers, and in place of that whatever is handed in. */
export function systemPlatform(overrides: Partial<Platform> = {}): Platform {
  const { WebSocket, navigator } = globalThis as {
    readonly WebSocket?: typeof globalThis.WebSocket;
    readonly navigator?: { readonly locks?: LockManager };
  };
  return {
    clock: systemClock,
    random: Math.random,
    fetch: systemFetch,
    WebSocket,
    signals: createPageSignals(),
    locks: navigator?.locks ? createWebLocks(navigator.locks) : noLocks,
    openChannel,
    ...overrides,
  };
}
