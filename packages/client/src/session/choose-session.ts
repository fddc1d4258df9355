import { createHttpCalls } from "../connection/http-calls.ts";
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
  const callAs = (token: string | undefined, type: "query" | "mutation", path: string, input?: unknown) =>
    createHttpCalls({ ...platform, url, token: () => Promise.resolve(token) })({ type, path, input });
  const calls: SessionCalls = {
    refresh: (input) => callAs(undefined, "mutation", "auth.refresh", input) as Promise<RefreshedTokens>,
    me: (token) => callAs(token, "query", "auth.me") as Promise<{ id: number }>,
    logout: (token) => callAs(token, "mutation", "auth.logout"),
  };
  if ("token" in own) return createAppSession({ calls, source: own.token });
  if (tokens === "cookie") return createCookieSession({ calls, csrf: () => csrfToken(url) });
  return createSession({ calls, storage: tokens, platform, serverKey: url, onStorageError });
}
