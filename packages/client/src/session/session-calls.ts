import type { RefreshedTokens } from "../types.ts";

/**
 * The calls that a session makes itself: over HTTP, without asking the session for a token. Each settles within
 * the time of a call, and rejects with a CauserieError.
 */
export interface SessionCalls {
  /** `auth.refresh`, without an access token. */
  refresh(input: { readonly refresh_token: string; readonly attempt_id: string }): Promise<RefreshedTokens>;
  /** `auth.me` with this access token; without one, with the cookie. */
  me(token?: string): Promise<{ readonly id: number }>;
  /** `auth.logout`, in the same way. */
  logout(token?: string): Promise<unknown>;
}
