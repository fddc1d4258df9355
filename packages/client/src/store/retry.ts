import type { Connection } from "../connection/connection.ts";
import { toCauserieError, type CauserieError, type CauserieErrorCode } from "../errors.ts";
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
  /** Does `work` until it succeeds; rejects when it failed for good. Gives up, without a word, when `isWanted` does not hold. */
  run(
    work: () => Promise<void>,
    isWanted: () => boolean,
    onFailure: (error: CauserieError) => void,
  ): Promise<void>;
  close(): void;
}

const final: readonly CauserieErrorCode[] = ["NOT_FOUND", "FORBIDDEN", "VALIDATION_FAILED"];

/** Whether the same call can only fail again. */
export const isFinal = ({ code }: CauserieError): boolean => final.includes(code);

export function createRetry({ clock, random, connection }: RetryDeps): Retry {
  const waits = new Set<() => void>();

  /** Resolves when `start` calls back. */
  function wait(start: (done: () => void) => () => void): Promise<void> {
    return new Promise((resolve) => {
      const cancel = start(() => {
        // It may be called back before it has returned.
        void Promise.resolve().then(() => {
          cancel();
          waits.delete(cancel);
          resolve();
        });
      });
      waits.add(cancel);
    });
  }

  async function pause(failures: number, { retryAfterMs }: CauserieError): Promise<void> {
    await wait((done) => clock.after(retryWait(failures, random, retryAfterMs), done));
    await wait((done) => connection.onLink((link) => link && done()));
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
          onFailure(error);
          await pause(failures, error);
        }
      }
    },
    close() {
      for (const cancel of waits) cancel();
      waits.clear();
    },
  };
}
