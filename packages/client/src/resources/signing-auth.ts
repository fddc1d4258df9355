import type { Outbox } from "../outbox/outbox.ts";
import type { AppSession } from "../session/app-session.ts";
import type { AuthLostReason, Session } from "../session/session.ts";
import type { TokenSource } from "../token.ts";
import type { AuthCalls } from "./auth.ts";

/**
 * Accounts and sessions. `login` and `cookie.login` sign this client in, and `logout` signs it out; all else only asks
 * the server.
 */
export interface Auth extends Omit<AuthCalls, "logout"> {
  /** The id of who is signed in; undefined until it is known. */
  userId(): number | undefined;
  /** Why nobody is signed in; undefined while somebody is. */
  lost(): AuthLostReason | undefined;
  /** An access token that is good for a while yet, for calls of one's own. Rejects with `UNAUTHORIZED` when nobody is signed in. */
  accessToken(): Promise<string | undefined>;
  /**
   * For clients with a `token` option: replaces the token or the function.
   * @throws TypeError when the client keeps its tokens itself.
   */
  setToken(source: TokenSource): Promise<void>;
  /**
   * Ends the session, here, in other tabs and, as far as it can be reached, on the server. Messages that were not sent
   * yet are deleted from the device, unless `keepOutbox`: then they wait for the same user.
   */
  logout(options?: { readonly keepOutbox?: boolean }): Promise<void>;
}

export interface SigningAuthDeps {
  readonly calls: AuthCalls;
  readonly session: Session | AppSession;
  readonly outbox: Pick<Outbox, "signOut">;
}

export function createSigningAuth({ calls, session, outbox }: SigningAuthDeps): Auth {
  return {
    ...calls,
    userId: session.userId,
    lost: session.lost,
    accessToken: () => session.token(),
    async login(input, options) {
      const tokens = await calls.login(input, options);
      await session.adopt(tokens);
      return tokens;
    },
    cookie: {
      async login(input, options) {
        const signedIn = await calls.cookie.login(input, options);
        await session.adopt();
        return signedIn;
      },
    },
    async setToken(source) {
      if (!("setToken" in session)) throw new TypeError("This client keeps its tokens itself: sign in.");
      await session.setToken(source);
    },
    async logout({ keepOutbox = false } = {}) {
      const end = () => session.end("signed_out");
      await (keepOutbox ? end() : outbox.signOut(end));
    },
  };
}
