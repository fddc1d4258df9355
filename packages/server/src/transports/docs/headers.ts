import type { Answer, OpenApiDocument } from "./document.ts";

/** The headers that callers act on. */
export const headers = {
  Link: {
    description: 'The next page, as `rel="prev"` towards older items or `rel="next"` towards newer ones.',
    schema: { type: "string" },
    example: '</messages/?limit=100&before=901>; rel="prev"',
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
