import type { Answer, OpenApiDocument } from "./document.ts";

/** The headers that callers act on. */
export const headers = {
  Link: {
    description: 'The next page, as `rel="prev"` towards older items or `rel="next"` towards newer ones.',
    schema: { type: "string" },
    example: '</messages/?limit=100&before=901>; rel="prev"',
  },
  RateLimit: {
    description:
      "What is left: `r` calls in each window of `RateLimit-Policy` that this call was counted in, for `t` more seconds. Absent when limits are off.",
    schema: { type: "string" },
    example: '"send";r=9;t=1',
  },
  "RateLimit-Policy": {
    description:
      "The limits that hold here: `q` calls in `w` seconds. A call that finds no room in one window is counted in the next of its kind.",
    schema: { type: "string" },
    example: '"send";q=10;w=1, "send_reserve";q=50;w=60',
  },
  "Retry-After": {
    description: "Seconds to wait before the same call may succeed.",
    schema: { type: "integer", minimum: 1 },
    example: 1,
  },
  "WWW-Authenticate": {
    description: "How to sign in.",
    schema: { type: "string" },
    example: "Bearer",
  },
} as const satisfies NonNullable<OpenApiDocument["components"]["headers"]>;

/** What an answer says of its headers: those given as true. */
export function headersOf(present: Partial<Record<keyof typeof headers, boolean>>): Pick<Answer, "headers"> {
  const names = Object.entries(present).flatMap(([name, has]) => (has ? [name] : []));
  if (names.length === 0) return {};
  return {
    headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
  };
}
