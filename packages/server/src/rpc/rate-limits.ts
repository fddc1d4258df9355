import { rateLimits as rules, type RateLimit, type RateWindow } from "@causerie/shared";
import { RateLimiterMemory, RateLimiterRes, type RateLimiterAbstract } from "rate-limiter-flexible";
import { DomainError } from "../lib/domain-error.ts";

/** What is left of a window after a call was counted. */
export interface Quota {
  readonly window: RateWindow;
  readonly remaining: number;
  /** When the window starts afresh, in milliseconds from now. */
  readonly resetMs: number;
}

export interface RateLimits {
  /**
   * Counts one call of `key`; RATE_LIMITED with the time to wait when there were too many.
   * `report` hears of each window the call was counted in, before the refusal too.
   */
  take(limit: RateLimit, key: string, report?: (quota: Quota) => void): Promise<void>;
}

/** Where the calls of a window are counted. The library has one such class for each store. */
export type CountStore = (window: RateWindow) => Pick<RateLimiterAbstract, "consume">;

/** Counts in this process alone. */
const inMemory: CountStore = ({ name, quota, seconds }) =>
  new RateLimiterMemory({ keyPrefix: name, points: quota, duration: seconds });

/** The limits of the table; without `enabled` none. */
export function createRateLimits(enabled: boolean, store: CountStore = inMemory): RateLimits {
  if (!enabled) return { take: async () => undefined };
  const counters = new Map(
    Object.entries(rules).map(([limit, { windows }]) => [
      limit,
      windows.map((window: RateWindow) => ({ window, counter: store(window) })),
    ]),
  );
  return {
    async take(limit, key, report) {
      let retryAfterMs = Infinity;
      for (const { window, counter } of counters.get(limit) ?? []) {
        const { fits, remaining, resetMs } = await count(counter, key);
        report?.({ window, remaining, resetMs });
        if (fits) return;
        retryAfterMs = Math.min(retryAfterMs, resetMs);
      }
      throw new DomainError("RATE_LIMITED", { retryAfterMs });
    },
  };
}

/** The library rejects with the state of the window when the call does not fit. */
async function count(counter: Pick<RateLimiterAbstract, "consume">, key: string) {
  const [fits, state] = await counter.consume(key).then(
    (accepted) => [true, accepted] as const,
    (refusal: unknown) => [false, refusal] as const,
  );
  if (!(state instanceof RateLimiterRes)) throw state;
  return { fits, remaining: state.remainingPoints, resetMs: state.msBeforeNext };
}
