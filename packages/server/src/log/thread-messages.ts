import type { ErrorCode, InputIssue } from "@causerie/shared";
import { DomainError } from "../lib/domain-error.ts";
import type { Commit } from "./writer.ts";

/** What the thread that writes needs to begin. */
export interface WriterThreadData {
  readonly path: string;
}

/** One write on its way to the thread. */
export interface WriteRequest {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

/** To the thread: writes in the order they came, or the wish that it ends. */
export type ToThread = { readonly writes: readonly WriteRequest[] } | { readonly close: true };

/** How a write ended. */
export type WriteReply =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: PlainError };

/** From the thread: what a turn settled, and the commits that did it. */
export interface FromThread {
  readonly replies: readonly WriteReply[];
  readonly commits: readonly Commit[];
}

/** An error as it crosses between threads, where classes do not survive. */
interface PlainError {
  readonly message: string;
  readonly stack: string | undefined;
  readonly domain?: {
    readonly code: ErrorCode;
    readonly issues: readonly InputIssue[] | undefined;
    readonly retryAfterMs: number | undefined;
    readonly cause: PlainError | undefined;
  };
}

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { message: String(error), stack: undefined };
  const { message, stack } = error;
  if (!(error instanceof DomainError)) return { message, stack };
  const { code, issues, retryAfterMs, cause } = error;
  return {
    message,
    stack,
    domain: { code, issues, retryAfterMs, cause: cause === undefined ? undefined : toPlainError(cause) },
  };
}

export function fromPlainError({ message, stack, domain }: PlainError): Error {
  if (domain) {
    const { code, issues, retryAfterMs, cause } = domain;
    return new DomainError(code, {
      message,
      ...(issues ? { issues } : {}),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(cause ? { cause: fromPlainError(cause) } : {}),
    });
  }
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
