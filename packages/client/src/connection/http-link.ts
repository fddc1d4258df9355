import { httpBatchLink, splitLink, type Operation, type TRPCLink } from "@trpc/client";
import { csrfHeaders } from "../csrf.ts";
import type { AppRouter } from "../types.ts";
import { createCallFetch, type CallFetchDeps } from "./call-fetch.ts";

export interface HttpLinkDeps extends CallFetchDeps {
  /** `http://…/trpc` or `https://…/trpc`. */
  readonly url: string;
  readonly token: () => Promise<string | undefined>;
}

/** The server's limit. */
const maxItems = 10;
/** Some proxies take no longer addresses. */
const maxURLLength = 2000;

/** Calls that bring their own credentials. */
const credentialCalls = new Set(["auth.register", "auth.login", "auth.token", "auth.cookie.login"]);

/** Whether a call can be made only by who is signed in. */
export function needsToken({ path, input }: Pick<Operation, "path" | "input">): boolean {
  if (path === "auth.refresh") return !(input as { refresh_token?: unknown } | undefined)?.refresh_token;
  return !credentialCalls.has(path);
}

/**
 * Queries made in the same turn go out as one request. Mutations travel apart, as together they may be larger than a
 * body may be. So do calls that make tokens, and without one, so that a token function may itself sign in or refresh.
 */
export function createHttpLink({ url, token, ...deps }: HttpLinkDeps): TRPCLink<AppRouter> {
  const shared = { url, maxURLLength, fetch: createCallFetch(deps) };
  async function headers(): Promise<Record<string, string>> {
    const current = await token();
    return current === undefined ? csrfHeaders(url) : { authorization: `Bearer ${current}` };
  }
  return splitLink({
    condition: needsToken,
    true: splitLink({
      condition: ({ type }) => type === "query",
      true: httpBatchLink({ ...shared, headers, maxItems }),
      false: httpBatchLink({ ...shared, headers, maxItems: 1 }),
    }),
    false: httpBatchLink({ ...shared, maxItems: 1 }),
  });
}
