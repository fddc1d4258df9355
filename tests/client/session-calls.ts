import { createClient } from "@causerie/client";
import type { SessionCalls } from "../../packages/client/src/session/session-calls.ts";

/** The calls of a session over HTTP to the server at `url`, and how many refreshes there were. */
export function sessionCalls(url: string): SessionCalls & { readonly refreshes: () => number } {
  let refreshes = 0;
  const clientWith = (token?: string) => createClient({ url, ...(token === undefined ? {} : { token }) });
  return {
    refreshes: () => refreshes,
    refresh(input) {
      refreshes += 1;
      return clientWith().auth.refresh(input);
    },
    me: (token) => clientWith(token).auth.me(),
    logout: (token) => clientWith(token).auth.logout(),
  };
}
