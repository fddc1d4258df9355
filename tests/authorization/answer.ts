import { errors, type ErrorCode } from "@causerie/shared";

/** What a surface answered to one call. */
export interface Answer {
  /** `ok`, or the code of the error. */
  readonly outcome: "ok" | ErrorCode;
  /** The result of a success. */
  readonly data?: unknown;
  /** All of a refusal that the caller sees, but for what differs with each call: its id, its path, the time. */
  readonly seen?: string;
}

/** A success; `expectedStatus` is undefined where there is no status. */
export function success(data: unknown): Answer {
  return { outcome: "ok", data };
}

/** A refusal, whose code must be of our table and go with its status. */
export function refusal(code: unknown, status: unknown, seen: unknown): Answer {
  const known = Object.entries(errors).find(([name]) => name === code);
  if (!known || known[1].status !== status)
    throw new Error(`${String(code)} with status ${String(status)} is not in the table of errors.`);
  return { outcome: known[0] as ErrorCode, seen: JSON.stringify(seen) };
}

const changing = new Set(["date", "x-request-id", "content-length", "etag"]);

/** The headers that tell callers something. */
export function tellingHeaders(headers: Headers): [string, string][] {
  return [...headers].filter(([name]) => !changing.has(name));
}
