import { CauserieError, toCauserieError } from "../errors.ts";
import type { Clock } from "../platform/clock.ts";

/** A call that has no answer after so many milliseconds fails. */
const callTimeoutMs = 30_000;

/** Who waits for the answer of a call. */
export interface Waiter {
  answer(output: unknown): void;
  /** Fails with what `toCauserieError` makes of it. */
  fail(error?: unknown): void;
}

/**
 * Makes a call with `begin`, and waits for its answer until it takes too long or is aborted. What `begin` returns is
 * called when nobody waits any more; what it throws is a fault of the input.
 */
export function patientCall(
  clock: Clock,
  signal: AbortSignal | undefined,
  begin: (waiter: Waiter) => () => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let leave = () => {};
    const settle = <Outcome>(how: (outcome: Outcome) => void) => {
      return (outcome: Outcome) => {
        cancel();
        signal?.removeEventListener("abort", abort);
        leave();
        how(outcome);
      };
    };
    const fail = settle((error: unknown) => reject(toCauserieError(error)));
    const abort = () => fail(new CauserieError("ABORTED", "The call was aborted."));
    const cancel = clock.after(callTimeoutMs, () => fail(undefined));
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort);
    try {
      leave = begin({ answer: settle(resolve), fail });
    } catch (cause) {
      // Nothing was sent.
      fail(new CauserieError("BAD_REQUEST", "The input is no JSON.", { cause }));
    }
  });
}
