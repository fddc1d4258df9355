import { signInBackoff as rule } from "@causerie/shared";
import type { Clock } from "./clock.ts";
import { DomainError } from "./domain-error.ts";

/** Makes guessing one account's password slow: at sign-in from however many addresses, and with a stolen session. */
export interface PasswordBackoff {
  /**
   * Runs `check` and answers what it answers: whether the password was right. After wrong ones
   * in a row it is RATE_LIMITED, with the time to wait, and `check` is not run. A right password
   * starts afresh. Refused tries lengthen nothing, so the account's owner gets in after the wait.
   */
  attempt(account: string, check: () => Promise<boolean>): Promise<boolean>;
}

interface Tries {
  /** Wrong passwords in a row. */
  failures: number;
  /** Checks under way, any of which may turn out wrong. */
  pending: number;
  /** No check starts before this moment. */
  notBefore: number;
  forgetAt: number;
}

/** Counts in this process alone. Without `enabled`, every try is checked. */
export function createPasswordBackoff({
  enabled,
  clock,
}: {
  enabled: boolean;
  clock: Clock;
}): PasswordBackoff {
  if (!enabled) return { attempt: (_account, check) => check() };
  // The one tried longest ago comes first.
  const accounts = new Map<string, Tries>();

  function forgetOld(now: number): void {
    for (const [account, tries] of accounts) {
      if (tries.forgetAt > now) return;
      if (tries.pending === 0) accounts.delete(account);
    }
  }

  function remember(account: string, tries: Tries): void {
    accounts.delete(account);
    if (tries.failures === 0 && tries.pending === 0) return;
    tries.forgetAt = clock.now() + rule.forgetAfterMs;
    accounts.set(account, tries);
  }

  return {
    async attempt(account, check) {
      const now = clock.now();
      forgetOld(now);
      const tries = accounts.get(account) ?? { failures: 0, pending: 0, notBefore: 0, forgetAt: 0 };
      if (tries.notBefore > now) throw tooMany(tries.notBefore - now);
      // Tries at the same time share what is free; after that they go one at a time.
      if (tries.pending > 0 && tries.failures + tries.pending >= rule.freeFailures)
        throw tooMany(rule.firstWaitMs);
      tries.pending += 1;
      remember(account, tries);
      try {
        const right = await check();
        tries.failures = right ? 0 : tries.failures + 1;
        tries.notBefore = clock.now() + waitMs(tries.failures);
        return right;
      } finally {
        tries.pending -= 1;
        remember(account, tries);
      }
    },
  };
}

function waitMs(failures: number): number {
  const beyond = failures - rule.freeFailures;
  return beyond < 0 ? 0 : Math.min(rule.firstWaitMs * 2 ** beyond, rule.longestWaitMs);
}

function tooMany(retryAfterMs: number): DomainError {
  return new DomainError("RATE_LIMITED", {
    message: "Too many wrong passwords for this account: wait before the next try.",
    retryAfterMs,
  });
}
