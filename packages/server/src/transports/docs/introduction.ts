import { cookieNames, csrfHeader, limits } from "@causerie/shared";

/** What a caller of the REST API reads first. Markdown, shown by both pages. */
export const introduction = `Accounts, presence, direct and public messages, live events.

## Sign in
1. \`POST /auth/register\` makes an account.
2. \`POST /auth/token\` takes its e-mail address as \`username\` and answers an \`access_token\` that lives for a day,
   or \`POST /auth/login\` one that lives for minutes. \`POST /auth/refresh\` renews either with the \`refresh_token\`.
3. Send it with every call: \`Authorization: Bearer <access_token>\`. On \`/docs\` the **Authorize** button
   does steps 2 and 3; leave its client fields empty.

Pages of this server's own origin may sign in with \`POST /auth/cookie/login\` instead: the session is then in a
cookie that no script can read. Calls other than reads repeat the cookie \`${cookieNames.csrf}\` as \`${csrfHeader}\`
and send JSON.

## Requests
Bodies may be JSON, urlencoded forms or multipart forms without files; in a form an empty field means null.
Unknown fields are refused. Every path answers with and without its trailing slash.

## Errors
Errors are \`application/problem+json\` (RFC 9457). Programs compare \`code\`, people read \`detail\`, and status 422
lists each fault in \`errors\`. After 429 and 503 wait as long as \`Retry-After\` says. Quote \`request_id\`, which is
also the \`X-Request-Id\` of every answer, when you report a fault.

## Limits
Calls are counted by address, user or both, one by one, whatever carries them. Answers of limited operations say in
\`RateLimit\` what is left and in \`RateLimit-Policy\` what is allowed, as draft-ietf-httpapi-ratelimit-headers has it.

## Lists
Without parameters a list holds its newest ${limits.listSize.toLocaleString("en")} items, oldest first. \`before=<id>\` walks back, \`after=<id>\` walks
forward, \`limit\` (1 to ${limits.pageSize}) items at a time; follow the \`Link\` header until there is none.

## Sending once
Give a message an \`Idempotency-Key\`, a new UUID for each. After a lost connection send the same key and body again:
the message is stored once, and the repetition is answered with the first one (status 200, \`duplicate: true\`).

## Live events
New, edited and deleted messages and new people come over a WebSocket or SSE stream at \`/trpc\`
(\`events.stream\`), which resumes without loss after a reconnect; who is online and who types comes beside it
(\`presence.watch\`) and is not stored. The package \`@causerie/client\` speaks both with full types. Programs that speak plain JSON frames use \`/messages/ws?token=<access_token>\`
and \`/users/ws/<access_token>\`. Programs that rather ask now and then call \`GET /events\`: one cursor serves everywhere. All sockets and streams, frame by frame: \`/asyncapi.json\`.
`;

export const tagDescriptions = [
  { name: "auth", description: "Accounts and sessions." },
  { name: "users", description: "People, who is online, broadcasts." },
  { name: "messages", description: "Direct and public messages." },
  { name: "events", description: "What changed since a place in the log." },
  { name: "conversations", description: "Where messages belong: two people, a group, or everybody." },
];
