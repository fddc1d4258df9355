import type { Connection } from "../connection/connection.ts";
import { toCauserieError, type CauserieError } from "../errors.ts";
import { retryWait } from "../lib/retry-wait.ts";
import type { Scope } from "../lib/scope.ts";
import type { Clock } from "../platform/clock.ts";

export interface RetryDeps {
  readonly clock: Clock;
  readonly random: () => number;
  /** How long anything is tried. */
  readonly scope: Scope;
  readonly connection: Pick<Connection, "onLink">;
}

/** Tries again what failed in passing, while there is a connection. */
export interface Retry {
  /** Waits for the next try after `failures` before this one, and for a connection. Never ends once closed. */
  pause(failures: number, error: CauserieError): Promise<void>;
  /** Does `work` until it succeeds; rejects when it failed for good. Gives up, without a word, when it is not wanted. */
  run(
    work: () => Promise<void>,
    isWanted: () => boolean,
    onFailure?: (error: CauserieError) => void,
  ): Promise<void>;
}

/** Whether the same call can only fail again. */
export function isFinal({ code }: CauserieError): boolean {
  return code === "NOT_FOUND" || code === "FORBIDDEN" || code === "VALIDATION_FAILED";
}

export function createRetry({ clock, random, scope, connection }: RetryDeps): Retry {
  async function pause(failures: number, { retryAfterMs }: CauserieError): Promise<void> {
    await new Promise<void>((resolve) => {
      clock.after(retryWait(failures, random, retryAfterMs), resolve);
    });
    let release = () => {};
    await new Promise<void>((resolve) => {
      const stop = connection.onLink((link) => link && resolve());
      const disown = scope.own(stop);
      release = () => {
        disown();
        stop();
      };
    });
    release();
  }

  return {
    pause,
    async run(work, isWanted, onFailure) {
      for (let failures = 0; isWanted(); failures += 1) {
        try {
          return await work();
        } catch (cause) {
          const error = toCauserieError(cause);
          if (isFinal(error)) throw error;
          onFailure?.(error);
          await pause(failures, error);
        }
      }
    },
  };
}
