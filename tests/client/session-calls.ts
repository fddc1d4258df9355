import { createCalls } from "@causerie/client";
import type { SessionCalls } from "../../packages/client/src/session/session-calls.ts";

/** The calls of a session over HTTP to the server at `url`, and how many refreshes there were. */
export function sessionCalls(url: string): SessionCalls & { readonly refreshes: () => number } {
  let refreshes = 0;
  const callsWith = (token?: string) => createCalls({ url, ...(token === undefined ? {} : { token }) });
  return {
    refreshes: () => refreshes,
    refresh(input) {
      refreshes += 1;
      return callsWith().auth.refresh(input);
    },
    me: (token) => callsWith(token).auth.me(),
    logout: (token) => callsWith(token).auth.logout(),
  };
}
