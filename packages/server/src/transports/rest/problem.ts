import { errors, type Problem } from "@causerie/shared";
import type { Response } from "express";
import type { ErrorDescription } from "../../rpc/describe-error.ts";

/** The body of an error answer. @see https://www.rfc-editor.org/rfc/rfc9457 */
export function problemOf(description: ErrorDescription, response: Response): Problem {
  const { code, status, message, issues, retryAfterMs } = description;
  return {
    type: "about:blank",
    title: errors[code].title,
    status,
    detail: message,
    instance: response.req.originalUrl.split("?")[0] ?? "/",
    code,
    request_id: String(response.getHeader("X-Request-Id") ?? ""),
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: Math.ceil(retryAfterMs) }),
    ...(issues === undefined ? {} : { errors: issues.map((issue) => ({ ...issue, loc: [...issue.loc] })) }),
  };
}

/** The headers that go with an error on any HTTP surface. */
export function errorHeaders({ status, retryAfterMs }: ErrorDescription): Record<string, string> {
  return {
    ...(status === 401 ? { "WWW-Authenticate": "Bearer" } : {}),
    ...(retryAfterMs === undefined
      ? {}
      : { "Retry-After": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }),
  };
}

/** Answers with a problem body. */
export function sendProblem(response: Response, description: ErrorDescription): void {
  response
    .status(description.status)
    .set(errorHeaders(description))
    .type("application/problem+json")
    .end(JSON.stringify(problemOf(description, response)));
}
