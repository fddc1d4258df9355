import { readToken, type TokenSource } from "../token.ts";
import { createAskedSession } from "./asked-session.ts";
import type { SessionCalls } from "./session-calls.ts";
import type { Session } from "./session.ts";

export interface AppSessionDeps {
  readonly calls: Pick<SessionCalls, "me" | "logout">;
  readonly source: TokenSource;
}

/** A session whose tokens the app provides and renews. */
export interface AppSession extends Session {
  /** Replaces the token or the function, and asks who it belongs to; rejects as `token` does. */
  setToken(source: TokenSource): Promise<void>;
}

export function createAppSession({ calls, source: first }: AppSessionDeps): AppSession {
  let source = first;
  const session = createAskedSession({
    calls,
    ask: () => readToken(source),
    kind: "token",
    isEmpty: first === undefined,
  });
  return {
    ...session,
    setToken(next) {
      source = next;
      return session.adopt();
    },
  };
}
