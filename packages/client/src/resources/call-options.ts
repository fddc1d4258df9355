/** What every call takes besides its input. */
export interface CallOptions {
  /** Aborts the call, which then fails with `ABORTED`. What the server has begun, it finishes. */
  readonly signal?: AbortSignal;
}
