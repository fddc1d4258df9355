import type { Problem } from "@causerie/shared";
import type { ErrorCode, ErrorData, InputIssue } from "./types.ts";

/**
 * Why a call failed: a code of the server's table, or one of the client's own.
 * - `NETWORK`: no answer came, so the call may or may not have happened.
 * - `BAD_RESPONSE`: something answered, but not Causerie. A proxy, or a wrong `url`.
 * - `ABORTED`: the caller's `signal` aborted it, the client is closed, or somebody else has signed in.
 * - `NO_TOKEN`: the `token` function failed; its error is the `cause`.
 * - `EXPIRED`: a message waited so long for a connection that it was not sent any more.
 * - `OUTBOX_FULL`: too many messages wait for a connection.
 */
export type CauserieErrorCode =
  ErrorCode | "NETWORK" | "BAD_RESPONSE" | "ABORTED" | "NO_TOKEN" | "EXPIRED" | "OUTBOX_FULL";

export interface CauserieErrorDetails {
  readonly status?: number | undefined;
  readonly issues?: readonly InputIssue[] | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly data?: ErrorData | undefined;
  readonly cause?: unknown;
}

/** What every failed call rejects with, and every failed subscription reports. `message` is a sentence. */
export class CauserieError extends Error {
  override readonly name = "CauserieError";
  /** What programs compare. */
  readonly code: CauserieErrorCode;
  /** The HTTP status of the failure, when the server named one. */
  readonly status: number | undefined;
  /** With `VALIDATION_FAILED`: each fault, and in `loc` the field it is in. Else empty. */
  readonly issues: readonly InputIssue[];
  /** With `RATE_LIMITED`: how long to wait before the next try, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** What the server said of it, where the libraries of tRPC look for that. */
  readonly data: ErrorData | undefined;

  constructor(code: CauserieErrorCode, message: string, details: CauserieErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.issues = details.issues ?? [];
    this.retryAfterMs = details.retryAfterMs;
    this.data = details.data;
  }
}

/** Whatever a call or a subscription failed with, as a CauserieError. */
export function toCauserieError(error?: unknown): CauserieError {
  if (error instanceof CauserieError) return error;
  return new CauserieError("NETWORK", "The server did not answer.", { cause: error });
}

/**
 * What an answer says that brought no result: an error of tRPC, a problem body where the server refuses before it looks
 * at the call, or nothing that comes from Causerie.
 */
export function answeredError(answer: unknown, status?: number): CauserieError {
  const { error, ...problem } = (answer ?? {}) as Partial<Problem> & {
    readonly error?: { readonly message: string; readonly data?: ErrorData };
  };
  const data = error?.data;
  const { code, retry_after_ms: retryAfterMs } = data ?? problem;
  const message = error?.message ?? problem.detail;
  if (code !== undefined && message !== undefined)
    return new CauserieError(code as ErrorCode, message, {
      status: data?.httpStatus ?? problem.status,
      issues: data?.issues ?? problem.errors,
      retryAfterMs,
      data,
    });
  return new CauserieError(
    "BAD_RESPONSE",
    "The answer does not come from a Causerie server: is the url right, or a proxy in the way?",
    { status },
  );
}
