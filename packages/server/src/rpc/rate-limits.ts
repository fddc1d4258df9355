import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { DomainError } from "../lib/domain-error.ts";

/** How many calls one address or user may make in a span of seconds. */
const rules = {
  register: { points: 20, duration: 3600 },
  signIn: { points: 20, duration: 60 },
  refresh: { points: 60, duration: 60 },
  // It checks a password, which a stolen token must not guess.
  updateMe: { points: 20, duration: 60 },
  broadcast: { points: 5, duration: 60 },
  activity: { points: 20, duration: 10 },
  send: { points: 60, duration: 6 },
} as const;

export type RateLimit = keyof typeof rules;

export interface RateLimits {
  /** Counts one call; RATE_LIMITED with the time to wait when there were too many. */
  take(limit: RateLimit, key: string): Promise<void>;
}

export function createRateLimits(enabled: boolean): RateLimits {
  if (!enabled) return { take: async () => undefined };
  const limiters = new Map(
    Object.entries(rules).map(([name, rule]) => [name, new RateLimiterMemory({ ...rule, keyPrefix: name })]),
  );
  return {
    async take(limit, key) {
      try {
        await limiters.get(limit)?.consume(key);
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        throw new DomainError("RATE_LIMITED", { retryAfterMs: refusal.msBeforeNext });
      }
    },
  };
}
