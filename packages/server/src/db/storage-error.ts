import { DomainError } from "../lib/domain-error.ts";

/** What the engines call a disk without space. @see https://www.sqlite.org/rescode.html#full */
const fullCodes = new Set(["SQLITE_FULL", "53100", "ENOSPC"]);
/** Another process has the lock. */
const lockedCodes = /^(SQLITE_BUSY|SQLITE_LOCKED|55P03)/;

/** Why a transaction could not be made, as callers may know it; operators find the cause in it. */
export function storageError(cause: unknown): DomainError {
  if (cause instanceof DomainError) return cause;
  const code = codeOf(cause);
  if (fullCodes.has(code)) return new DomainError("STORAGE_FULL", { cause });
  if (lockedCodes.test(code)) return new DomainError("STORAGE_LOCKED", { cause });
  return new DomainError("STORAGE_UNAVAILABLE", { cause });
}

/** Whether `error` says that the disk failed or is full, whatever was to be written. */
export function isStorageFailure(error: unknown): boolean {
  const code = codeOf(error);
  return fullCodes.has(code) || code.startsWith("SQLITE_IOERR");
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code);
}
