import { createHttpCall } from "../connection/http-call.ts";
import { createHttpLink } from "../connection/http-link.ts";
import { csrfToken } from "../csrf.ts";
import type { Platform } from "../platform/platform.ts";
import type { TokenSource } from "../token.ts";
import type { RefreshedTokens } from "../types.ts";
import { createAppSession, type AppSession } from "./app-session.ts";
import { createCookieSession } from "./cookie-session.ts";
import { createSession } from "./create-session.ts";
import { memoryStorage } from "./memory-storage.ts";
import type { SessionCalls } from "./session-calls.ts";
import type { Session } from "./session.ts";
import type { TokenStorage } from "./token-storage.ts";

/** Whom a client is, and where it keeps the tokens. */
export interface SessionOptions {
  /**
   * Where the client keeps the tokens of a sign-in: `memoryStorage()` unless given, `localStorageStorage()`, one of
   * the app's own, or `"cookie"` for pages of the server's own origin, where the browser keeps them.
   */
  readonly tokens?: TokenStorage | "cookie";
  /** Instead: the app has tokens from elsewhere, and hands in one, or a function that is asked for it. */
  readonly token?: TokenSource;
}

export interface ChooseSessionDeps {
  /** `http://…/trpc`. */
  readonly url: string;
  readonly platform: Platform;
  readonly onStorageError: (cause: unknown) => void;
}

/** The session that the app has chosen. */
export function chooseSession(
  { tokens = memoryStorage(), ...own }: SessionOptions,
  { url, platform, onStorageError }: ChooseSessionDeps,
): Session | AppSession {
  const { fetch, clock } = platform;
  const callWith = (token: string | undefined) =>
    createHttpCall(createHttpLink({ url, fetch, clock, token: () => Promise.resolve(token) }));
  const calls: SessionCalls = {
    refresh: (input) =>
      callWith(undefined)({ type: "mutation", path: "auth.refresh", input }) as Promise<RefreshedTokens>,
    me: (token) =>
      callWith(token)({ type: "query", path: "auth.me", input: undefined }) as Promise<{ id: number }>,
    logout: (token) => callWith(token)({ type: "mutation", path: "auth.logout", input: undefined }),
  };
  if ("token" in own) return createAppSession({ calls, source: own.token });
  if (tokens === "cookie") return createCookieSession({ calls, csrf: () => csrfToken(url) });
  return createSession({ calls, storage: tokens, platform, serverKey: url, onStorageError });
}
