import { errors, type ErrorCode, type InputIssue, type Problem } from "@causerie/shared";
import type { RestMeta } from "../../rpc/rest-meta.ts";
import type { Answer, Operation } from "./document.ts";
import { headersOf } from "./headers.ts";

/** Every error that an operation can answer with. */
export function errorCodesOf(operation: Operation, meta: RestMeta): ErrorCode[] {
  const isProtected = meta.openapi?.protect !== false && !meta.optionalAuth;
  const hasBody = operation.requestBody !== undefined;
  const hasInput = hasBody || (operation.parameters ?? []).length > 0;
  const writes = meta.openapi?.method !== "GET";
  const codes: ErrorCode[] = [
    ...(hasBody
      ? (["BAD_REQUEST", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "RATE_LIMITED"] as const)
      : []),
    ...(isProtected ? (["UNAUTHORIZED"] as const) : []),
    ...(isProtected && writes ? (["CSRF_TOKEN_INVALID"] as const) : []),
    ...(hasInput ? (["VALIDATION_FAILED"] as const) : []),
    ...(writes ? (["STORAGE_UNAVAILABLE"] as const) : []),
    ...(meta.errors ?? []),
    "INTERNAL_SERVER_ERROR",
  ];
  return [...new Set(codes)];
}

/** One answer per status, with an example of each error that has it. */
export function errorAnswers(
  codes: readonly ErrorCode[],
  exampleOf: (code: ErrorCode) => Problem,
): Record<string, Answer> {
  const statuses = [...new Set(codes.map((code) => errors[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = codes.filter((code) => errors[code].status === status);
      const examples: Record<string, object> = {};
      for (const code of ofStatus) examples[code] = { summary: errors[code].title, value: exampleOf(code) };
      const answer: Answer = {
        description: ofStatus.map((code) => errors[code].sentence).join(" Or: "),
        ...headersOf({
          "WWW-Authenticate": status === 401,
          "Retry-After": ofStatus.includes("RATE_LIMITED") || ofStatus.includes("OVERLOADED"),
        }),
        content: {
          "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" }, examples },
        },
      };
      return [status, answer];
    }),
  );
}

/** What the server would answer; `issue` is the fault that the example of an invalid input has. */
export function exampleProblem(code: ErrorCode, instance: string, issue: InputIssue): Problem {
  const { status, title, sentence } = errors[code];
  const invalid = code === "VALIDATION_FAILED";
  return {
    type: "about:blank",
    title,
    status,
    detail: invalid ? `${issue.loc.at(-1)} ${issue.msg}.` : sentence,
    instance,
    code,
    request_id: "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    ...(code === "RATE_LIMITED" || code === "OVERLOADED" ? { retry_after_ms: 1000 } : {}),
    ...(invalid ? { errors: [{ ...issue, loc: [...issue.loc] }] } : {}),
  };
}
