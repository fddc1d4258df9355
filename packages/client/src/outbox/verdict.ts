import type { CauserieErrorCode } from "../errors.ts";
import type { OutboxItem } from "./outbox.ts";

/** What follows from a refusal: it is over, or it waits with all others, with its conversation, or for a new token. */
export type Verdict = "sent" | "failed" | "all_wait" | "conversation_waits" | "token";

const mostFaults = 8;

/** Judges a call of `item`, this attempt and fault counted, that ended with `code`. */
export function verdictOf(code: CauserieErrorCode, { attempts, faults, lastError }: OutboxItem): Verdict {
  if (/^(RATE_LIMITED|OVERLOADED|STORAGE_)/.test(code)) return "all_wait";
  if (/^(UNAUTHORIZED|CSRF_TOKEN_INVALID|NO_TOKEN)$/.test(code)) return "token";
  if (/^(NETWORK|TIMEOUT|BAD_RESPONSE)$/.test(code)) return "conversation_waits";
  if (code === "INTERNAL_SERVER_ERROR" && faults < mostFaults) return "conversation_waits";
  // An earlier attempt stored it and it was deleted since; the first attempt met the key of something else.
  if (code === "IDEMPOTENCY_CONFLICT" && attempts > 1 && lastError?.code !== code) return "sent";
  return "failed";
}
