import { errors, type ErrorCode, type InputIssue } from "@causerie/shared";
import { TRPCError } from "@trpc/server";
import { ZodError } from "zod";
import { DomainError } from "../lib/domain-error.ts";
import { inputError } from "./input-error.ts";

/** What a caller may know of a failure, on whatever surface. */
export interface ErrorDescription {
  readonly code: ErrorCode;
  readonly status: number;
  /** A sentence. */
  readonly message: string;
  readonly issues?: readonly InputIssue[];
  readonly retryAfterMs?: number;
}

/** Failures that tRPC itself finds, under the names of our table. */
const trpcCodes: Partial<Record<TRPCError["code"], ErrorCode>> = {
  PARSE_ERROR: "BAD_REQUEST",
  BAD_REQUEST: "BAD_REQUEST",
  UNAUTHORIZED: "UNAUTHORIZED",
  FORBIDDEN: "FORBIDDEN",
  NOT_FOUND: "NOT_FOUND",
  METHOD_NOT_SUPPORTED: "METHOD_NOT_ALLOWED",
  PAYLOAD_TOO_LARGE: "PAYLOAD_TOO_LARGE",
  UNSUPPORTED_MEDIA_TYPE: "UNSUPPORTED_MEDIA_TYPE",
  TIMEOUT: "TIMEOUT",
};

/** Turns any failure into what the caller may see: no stack, no SQL, no path. */
export function describeError(error: unknown): ErrorDescription {
  const cause = error instanceof TRPCError && error.cause ? error.cause : error;
  if (cause instanceof DomainError) return describeDomainError(cause);
  if (error instanceof TRPCError && error.code === "BAD_REQUEST" && cause instanceof ZodError) {
    return describeInput(cause);
  }
  const code = (error instanceof TRPCError && trpcCodes[error.code]) || "INTERNAL_SERVER_ERROR";
  // tRPC says what it does not like of an envelope; with a cause, the text may be a parser's.
  if (code === "BAD_REQUEST" && error instanceof TRPCError && !error.cause) {
    return { code, status: errors[code].status, message: `${error.message}.` };
  }
  return { code, status: errors[code].status, message: errors[code].sentence };
}

function describeDomainError(error: DomainError): ErrorDescription {
  return {
    code: error.code,
    status: errors[error.code].status,
    message: error.message,
    ...(error.issues === undefined ? {} : { issues: error.issues }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  };
}

function describeInput(error: ZodError): ErrorDescription {
  return describeDomainError(inputError(error));
}
