import type { Connection } from "../connection/connection.ts";
import { toCauserieError, type CauserieError } from "../errors.ts";
import { retryWait } from "../lib/retry-wait.ts";
import type { Clock } from "../platform/clock.ts";

export interface RetryDeps {
  readonly clock: Clock;
  readonly random: () => number;
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
  close(): void;
}

/** Whether the same call can only fail again. */
export function isFinal({ code }: CauserieError): boolean {
  return code === "NOT_FOUND" || code === "FORBIDDEN" || code === "VALIDATION_FAILED";
}

export function createRetry({ clock, random, connection }: RetryDeps): Retry {
  const links = new Set<() => void>();

  async function pause(failures: number, { retryAfterMs }: CauserieError): Promise<void> {
    await new Promise<void>((resolve) => {
      clock.after(retryWait(failures, random, retryAfterMs), resolve);
    });
    let stop: (() => void) | undefined;
    await new Promise<void>((resolve) => {
      stop = connection.onLink((link) => link && resolve());
      links.add(stop);
    });
    stop?.();
    if (stop) links.delete(stop);
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
    close: () => links.forEach((stop) => stop()),
  };
}
