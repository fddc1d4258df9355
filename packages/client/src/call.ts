import { CauserieError, toCauserieError } from "./errors.ts";

/** What every call takes besides its input. */
export interface CallOptions {
  /** Aborts the call, which then fails with `ABORTED`. What the server has begun, it finishes. */
  readonly signal?: AbortSignal;
}

/** The outcome of a call, its failure as a CauserieError. */
export async function call<Output>(outcome: Promise<Output>, options?: CallOptions): Promise<Output> {
  try {
    return await outcome;
  } catch (cause) {
    if (options?.signal?.aborted) throw new CauserieError("ABORTED", "The call was aborted.", { cause });
    throw toCauserieError(cause);
  }
}
