import { closeCodes, compatCloseCodes, errors, type CloseDuty, type ErrorEntry } from "@causerie/shared";
import { generatedFrom, table } from "./table.ts";

const duties: Readonly<Record<CloseDuty, string>> = {
  reconnect: "Connect again, waiting longer each time, and resume from the last cursor.",
  sign_in_again: "Refresh the token or sign in, then connect again.",
  give_up: "Do not connect again by itself: it would end the same way.",
};

/** docs/reference/errors.md: every error code and every close code. */
export function errorsPage(): string {
  const errorRows = Object.entries(errors).map(([code, entry]: [string, ErrorEntry]) => [
    `\`${code}\``,
    String(entry.status),
    `\`${entry.trpc}\``,
    entry.close === undefined ? "" : String(entry.close),
    entry.retry ? "yes" : "no",
    entry.sentence,
  ]);
  const closeRows = Object.entries(closeCodes).map(([code, { reason, duty }]) => [
    code,
    reason,
    duties[duty],
  ]);
  return `${generatedFrom("packages/shared/src/errors.ts and close-codes.ts")}

# Errors

Every surface answers with the same codes. REST gives a problem body (RFC 9457) with \`code\`, and
the sentence as \`detail\`; tRPC gives the code as \`data.code\` beside its own. "Retry" says whether
the same call may succeed later, unchanged; how much later is in \`Retry-After\`, where it is known.
The sentence is what callers read unless something more precise is known.

${table(["code", "HTTP status", "tRPC code", "close code", "retry", "sentence"], errorRows)}

## Close codes

A socket on \`/trpc\` is closed with one of these:

${table(["code", "meaning", "what the client does"], closeRows)}

The two sockets of the original API use codes of their own: ${compatCloseCodes.badToken} for a token that is bad, expired or
revoked, and for an account that is gone; ${compatCloseCodes.failure} for an unexpected failure. Where \`/trpc\` says 4409, 4429
or 4508, they say 1013.
`;
}
