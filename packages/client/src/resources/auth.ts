import { call, type CallOptions } from "../call.ts";
import type { Done, Inputs, RefreshedTokens, Self, Tokens, Trpc } from "../types.ts";

type Input = Inputs["auth"];

/** Accounts and sessions. */
export interface Auth {
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
   * the access token in use. Keep what it answers, and hand it to `client.setToken`.
   */
  refresh(input?: Input["refresh"], options?: CallOptions): Promise<RefreshedTokens>;
  /** Ends the session: its tokens are refused and its subscriptions end, everywhere. */
  logout(options?: CallOptions): Promise<Done>;
  /** The signed-in user, e-mail address included. */
  me(options?: CallOptions): Promise<Self>;
}

export function createAuth({ auth }: Trpc): Auth {
  return {
    register: (input, options) => call(auth.register.mutate(input, options), options),
    login: (input, options) => call(auth.login.mutate(input, options), options),
    token: (input, options) => call(auth.token.mutate(input, options), options),
    refresh: (input = {}, options) => call(auth.refresh.mutate(input, options), options),
    logout: (options) => call(auth.logout.mutate(undefined, options), options),
    me: (options) => call(auth.me.query(undefined, options), options),
  };
}
