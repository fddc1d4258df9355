import { createAskedSession } from "./asked-session.ts";
import type { SessionCalls } from "./session-calls.ts";
import type { Session } from "./session.ts";

export interface CookieSessionDeps {
  readonly calls: Pick<SessionCalls, "me" | "logout">;
  /** The CSRF token of the page's cookie: it is there as long as the session's own cookie, and changes with it. */
  readonly csrf: () => string | undefined;
}

/**
 * A session that the browser holds in a cookie, for pages of the server's own origin. There is no token, and
 * nothing is stored or renewed.
 */
export function createCookieSession({ calls, csrf }: CookieSessionDeps): Session {
  return createAskedSession({ calls, ask: csrf, kind: "cookie", isEmpty: csrf() === undefined });
}
