import type { StoredSession } from "./token-storage.ts";

/** Most that a timer can wait. */
const longestMs = 2 ** 31 - 1;

/** How long the access token lives yet; 0 when the clock was set back since it came, and nothing can be told. */
export function leftMs({ received_at, expires_in }: StoredSession, now: number): number {
  return received_at > now ? 0 : received_at + expires_in * 1000 - now;
}

/** Whether it lives long enough to be used. */
export function isFresh(session: StoredSession, now: number): boolean {
  return leftMs(session, now) > Math.min(10_000, session.expires_in * 100);
}

/** When to renew it: at a random moment between 0.70 and 0.85 of its life. */
export function renewalDelayMs({ received_at, expires_in }: StoredSession, now: number, random: number) {
  const delay = received_at + expires_in * (700 + 150 * random) - now;
  return Math.min(Math.max(0, delay), longestMs);
}

/** When to try it again after `failures`, not sooner than the server asked for. */
export function repetitionDelayMs(failures: number, atLeastMs: number, random: number): number {
  return atLeastMs + random * Math.min(60_000, 1000 * 2 ** failures);
}
