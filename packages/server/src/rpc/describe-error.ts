import { errors, type ErrorCode, type InputIssue } from "@causerie/shared";
import { TRPCError } from "@trpc/server";
import { ZodError } from "zod";
import { DomainError } from "../lib/domain-error.ts";

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
  const issues = error.issues.flatMap(inputIssues);
  const message = issues
    .map(({ loc, msg }) => (loc.length > 1 ? `${loc.slice(1).join(".")}: ${msg}` : msg))
    .join("; ");
  return { code: "VALIDATION_FAILED", status: errors.VALIDATION_FAILED.status, message, issues };
}

/** One zod issue as FastAPI would print it. */
function inputIssues(issue: ZodError["issues"][number]): InputIssue[] {
  const loc = ["body", ...issue.path.map((key) => (typeof key === "symbol" ? String(key) : key))];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      loc: [...loc, key],
      msg: "is not a known field",
      type: "extra_forbidden",
    }));
  }
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined")) {
    return [{ loc, msg: "is required", type: "missing" }];
  }
  const type = issue.code === "invalid_type" ? "type_error" : "value_error";
  return [{ loc, msg: issue.message, type }];
}
