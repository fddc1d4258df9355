import { DomainError } from "../lib/domain-error.ts";

/** What the engines call a disk without space. @see https://www.sqlite.org/rescode.html#full */
const fullCodes = new Set(["SQLITE_FULL", "53100", "ENOSPC"]);
/** Another process has the lock. */
const lockedCodes = /^(SQLITE_BUSY|SQLITE_LOCKED|55P03)/;

/** Why a transaction could not be made, as callers may know it; operators find the cause in it. */
export function storageError(cause: unknown): DomainError {
  if (cause instanceof DomainError) return cause;
  const code = String((cause as { code?: unknown } | null)?.code);
  if (fullCodes.has(code)) return new DomainError("STORAGE_FULL", { cause });
  if (lockedCodes.test(code)) return new DomainError("STORAGE_LOCKED", { cause });
  return new DomainError("STORAGE_UNAVAILABLE", { cause });
}
