import { errors, type ErrorCode, type InputIssue } from "@causerie/shared";

export interface DomainErrorOptions {
  /** What the caller reads; the table's sentence unless given. */
  readonly message?: string;
  /** What the operator reads in the log; never sent to the caller. */
  readonly cause?: unknown;
  readonly issues?: readonly InputIssue[];
  /** When the same call may succeed, in milliseconds from now. */
  readonly retryAfterMs?: number;
}

/** A failure that the contract knows. Services throw it; each surface shows it in its own way. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly issues: readonly InputIssue[] | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, options: DomainErrorOptions = {}) {
    super(options.message ?? errors[code].sentence, { cause: options.cause });
    this.name = "DomainError";
    this.code = code;
    this.issues = options.issues;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The error of whoever goes on after their session has ended. */
export function sessionEnded(): DomainError {
  return new DomainError("UNAUTHORIZED", { message: "The session has ended." });
}

/** The error of an input whose field is well formed but makes no sense here. */
export function invalidField(field: string, message: string): DomainError {
  return new DomainError("VALIDATION_FAILED", {
    message: `${field} ${message}.`,
    issues: [{ loc: ["body", field], msg: message, type: "value_error" }],
  });
}

/** The error of a field where none is taken. */
export function unknownField(where: "body" | "query", field: string): DomainError {
  const msg = "is not a known field";
  return new DomainError("VALIDATION_FAILED", {
    message: `${field} ${msg}.`,
    issues: [{ loc: [where, field], msg, type: "extra_forbidden" }],
  });
}
