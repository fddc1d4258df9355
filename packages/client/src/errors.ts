import { TRPCClientError } from "@trpc/client";
import type { Problem } from "@causerie/shared";
import type { AppRouter, ErrorCode, InputIssue } from "./types.ts";

/**
 * Why a call failed: a code of the server's table, or one of the client's own.
 * - `NETWORK`: no answer came, so the call may or may not have happened.
 * - `BAD_RESPONSE`: something answered, but not Causerie. A proxy, or a wrong `url`.
 * - `ABORTED`: the caller's `signal` aborted it, or the client is closed.
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

  constructor(code: CauserieErrorCode, message: string, details: CauserieErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.issues = details.issues ?? [];
    this.retryAfterMs = details.retryAfterMs;
  }
}

/**
 * Turns whatever a call or a subscription failed with into a CauserieError. What the server refuses before it looks at
 * the call is answered with a problem body.
 */
export function toCauserieError(error: unknown): CauserieError {
  const known = causes(error).find((cause) => cause instanceof CauserieError);
  if (known) return known;
  const failure = error instanceof TRPCClientError ? (error as TRPCClientError<AppRouter>) : undefined;
  if (failure?.data) {
    const { code, httpStatus: status, issues, retry_after_ms: retryAfterMs } = failure.data;
    return new CauserieError(code, failure.message, { status, issues, retryAfterMs, cause: failure });
  }
  const response = failure?.meta?.["response"] as { readonly status?: number } | undefined;
  const problem = failure?.meta?.["responseJSON"] as Partial<Problem> | null | undefined;
  if (problem?.code !== undefined && problem.detail !== undefined) {
    const { code, detail, status, errors: issues, retry_after_ms: retryAfterMs } = problem;
    return new CauserieError(code as ErrorCode, detail, { status, issues, retryAfterMs, cause: failure });
  }
  if (response !== undefined || causes(error).some((cause) => cause instanceof SyntaxError)) {
    const message =
      "The answer does not come from a Causerie server: is the url right, or a proxy in the way?";
    return new CauserieError("BAD_RESPONSE", message, { status: response?.status, cause: error });
  }
  return new CauserieError("NETWORK", "The server did not answer.", { cause: error });
}

/** The error, what caused it, what caused that, and so on. */
function causes(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [];
}
