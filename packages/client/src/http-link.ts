import { httpBatchLink, splitLink, type Operation, type TRPCLink } from "@trpc/client";
import { csrfHeaders } from "./csrf.ts";
import type { AppRouter } from "./types.ts";

/** The server's limit. */
const maxItems = 10;
/** Some proxies take no longer addresses. */
const maxURLLength = 2000;

/** Calls that bring their own credentials. */
const credentialCalls = new Set(["auth.register", "auth.login", "auth.token", "auth.cookie.login"]);

function needsToken({ path, input }: Operation): boolean {
  if (path === "auth.refresh") return !(input as { refresh_token?: unknown } | undefined)?.refresh_token;
  return !credentialCalls.has(path);
}

/**
 * Calls made in the same turn go out as one request. Those that make tokens travel apart and
 * without one, so that a token function may itself sign in or refresh.
 */
export function createHttpLink(url: string, token: () => Promise<string | undefined>): TRPCLink<AppRouter> {
  return splitLink({
    condition: needsToken,
    true: httpBatchLink({
      url,
      maxItems,
      maxURLLength,
      async headers() {
        const current = await token();
        return current === undefined ? csrfHeaders(url) : { authorization: `Bearer ${current}` };
      },
    }),
    false: httpBatchLink({ url, maxItems, maxURLLength }),
  });
}
