import type { CallOptions } from "./call-options.ts";
import type {
  CookieSession,
  Done,
  Inputs,
  RefreshedTokens,
  Renewed,
  Self,
  Session,
  Tokens,
  Trpc,
} from "../types.ts";

type Input = Inputs["auth"];

/** Accounts and sessions: the calls alone. */
export interface AuthCalls {
  /** Creates an account and returns it. `EMAIL_TAKEN` when the address has one. */
  register(input: Input["register"], options?: CallOptions): Promise<Self>;
  /**
   * Opens a session: an access token that lives for minutes, and a refresh token that renews
   * it. Hand the access token to `client.setToken`. `INVALID_CREDENTIALS` when they are wrong.
   */
  login(input: Input["login"], options?: CallOptions): Promise<Tokens>;
  /** Signs in with the fields of the OAuth2 password form; the access token lives for a day. */
  token(input: Input["token"], options?: CallOptions): Promise<Tokens>;
  /**
   * Renews the session: with the newest `refresh_token`, which it replaces, or without it by
   * the access token in use. Keep what it answers, and hand it to `client.setToken`. With an `attempt_id`,
   * made before the call and kept, it can be repeated as long as its answer did not come.
   */
  refresh(input?: Input["refresh"], options?: CallOptions): Promise<RefreshedTokens>;
  /**
   * Gives the live connection a fresh access token of the session it was opened with, so that
   * its subscriptions go on without a reconnect when the old token expires.
   */
  renew(input: Input["renew"], options?: CallOptions): Promise<Renewed>;
  /** For browser pages of the server's own origin. */
  readonly cookie: {
    /**
     * Signs in with a cookie that no script can read, instead of tokens. From then on the client
     * needs no token: the browser sends the cookie, and the client the CSRF token with it.
     */
    login(input: Input["cookie"]["login"], options?: CallOptions): Promise<CookieSession>;
  };
  /** Replaces the password and ends the other sessions. */
  changePassword(input: Input["changePassword"], options?: CallOptions): Promise<Done>;
  /** Where the user is signed in. */
  readonly sessions: {
    /** The sessions that live, the one last used first. */
    list(options?: CallOptions): Promise<Session[]>;
    /** Ends one. `NOT_FOUND` when the user has no such session. */
    revoke(input: Input["sessions"]["revoke"], options?: CallOptions): Promise<Done>;
    /** Ends all but the one that this client uses. */
    revokeOthers(options?: CallOptions): Promise<Done>;
  };
  /** Ends the session: its tokens or cookie are refused and its subscriptions end, everywhere. */
  logout(options?: CallOptions): Promise<Done>;
  /** The signed-in user, e-mail address included. */
  me(options?: CallOptions): Promise<Self>;
}

export function createAuth({ auth }: Trpc): AuthCalls {
  return {
    register: auth.register.mutate,
    login: auth.login.mutate,
    token: auth.token.mutate,
    refresh: (input = {}, options) => auth.refresh.mutate(input, options),
    renew: auth.renew.mutate,
    cookie: {
      login: auth.cookie.login.mutate,
    },
    changePassword: auth.changePassword.mutate,
    sessions: {
      list: (options) => auth.sessions.list.query(undefined, options),
      revoke: auth.sessions.revoke.mutate,
      revokeOthers: (options) => auth.sessions.revokeOthers.mutate(undefined, options),
    },
    logout: (options) => auth.logout.mutate(undefined, options),
    me: (options) => auth.me.query(undefined, options),
  };
}
