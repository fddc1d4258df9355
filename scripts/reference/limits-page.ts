import { connectionLimits, limits, rateLimits, signInBackoff, type RateLimitRule } from "@causerie/shared";
import { readConfig } from "../../packages/server/src/config.ts";
import { generatedFrom, table } from "./table.ts";

const { MAX_CONNECTIONS, MAX_CONNECTIONS_PER_ADDRESS } = readConfig({});
const number = (value: number) => value.toLocaleString("en");
const seconds = (ms: number) => `${number(ms / 1000)} s`;
const kibibytes = (bytes: number) => `${number(bytes / 1024)} KiB`;

const counted = {
  address: "address",
  user: "user, on all surfaces",
  server: "all callers together",
} as const;

/** docs/reference/limits.md: every number that a caller can run into. */
export function limitsPage(): string {
  const rules: readonly RateLimitRule[] = Object.values(rateLimits);
  const rateRows = rules.flatMap(({ per, counts, windows }) =>
    windows.map(({ name, quota, seconds: length }) => [
      `\`${name}\``,
      number(quota),
      seconds(length * 1000),
      counted[per],
      counts,
    ]),
  );
  const openRows = [
    [
      "sockets of one kind of a user, or its SSE streams",
      number(connectionLimits.perUserAndKind),
      "closed with 4409; 1013 on the two sockets of the original API; `RATE_LIMITED` for a stream",
    ],
    ["subscriptions of a socket", number(limits.subscriptionsPerSocket), "`RATE_LIMITED`"],
    ["users that one `presence.watch` names", number(limits.watchedUsers), "`VALIDATION_FAILED`"],
    [
      "conversations that one `presence.watch` names",
      number(limits.watchedConversations),
      "`VALIDATION_FAILED`",
    ],
    ["subscriptions of a user", number(connectionLimits.subscriptionsPerUser), "`RATE_LIMITED`"],
    [
      "sockets of an address",
      `${number(MAX_CONNECTIONS_PER_ADDRESS)} (\`MAX_CONNECTIONS_PER_ADDRESS\`)`,
      "HTTP 429 before the upgrade",
    ],
    [
      "those of them that have not said who they are",
      number(connectionLimits.unauthenticatedPerAddress),
      "HTTP 429 before the upgrade",
    ],
    ["sockets", `${number(MAX_CONNECTIONS)} (\`MAX_CONNECTIONS\`)`, "HTTP 503 before the upgrade"],
  ];
  const sizeRows = [
    ["a request's body", kibibytes(limits.bodyBytes), "413"],
    ["a socket's frame", kibibytes(limits.frameBytes), "closed with 1009"],
    ["calls of an HTTP batch", number(limits.batchSize), "400"],
    ["messages of a socket frame on `/trpc`", number(limits.socketBatchSize), "`BAD_REQUEST` for each"],
    [
      "what a socket may hold unread",
      kibibytes(limits.outboxBytes),
      "closed with 4508; 1013 on the other sockets",
    ],
    ["the time a socket on `/trpc` has to say who it is", seconds(limits.socketAuthMs), "closed with 4408"],
  ];
  return `${generatedFrom("packages/shared/src/rate-limits.ts and limits.ts")}

# Limits

They hold in each process. \`RATE_LIMIT=off\` lifts all but sizes and the subscriptions of a socket,
for load tests. IPv4 addresses are counted one by one, IPv6 addresses by their network of 64 bits.
\`X-Forwarded-For\` counts only when it comes from a proxy that \`TRUST_PROXY\` names.

## How often

Procedure calls are counted one by one, whatever carries them: a batch of ten counts ten. Calls that
are refused for their input count too. A window begins with its first call. A call that finds no room
in a window is counted in the next one of its kind, if there is one, and else refused with
\`RATE_LIMITED\`: HTTP 429 with \`Retry-After\`, and \`retry_after_ms\` in the error on every surface. Answers of limited
operations say in \`RateLimit-Policy\` what is allowed and in \`RateLimit\` what is left, under these names.

${table(["name", "calls", "in", "of one", "what is counted"], rateRows)}

A handshake beyond \`all_handshakes\` gets HTTP 503 with \`Retry-After\`.

A socket whose calls were refused with \`RATE_LIMITED\` ${connectionLimits.refusals} times within ${seconds(connectionLimits.refusalsWithinMs)} is closed: with 4429, or with
1013 on the two sockets of the original API.

## Wrong passwords

${signInBackoff.freeFailures} wrong passwords in a row for one e-mail address cost nothing. Then the next try has to wait
${seconds(signInBackoff.firstWaitMs)}, the one after it twice as long, and so on, up to ${seconds(signInBackoff.longestWaitMs)}; tries before that are refused with \`RATE_LIMITED\`
and change nothing. The right password ends it, and so does ${seconds(signInBackoff.forgetAfterMs)} without a try. Sessions that are
open already notice nothing. An address without an account is answered in the same way.

## How many at once

${table(["what", "most", "beyond it"], openRows)}

## Sizes

${table(["what", "most", "beyond it"], sizeRows)}
`;
}
