import type { Tokens } from "../types.ts";

/** Why nobody is signed in. */
export type AuthLostReason = "no_credentials" | "session_ended" | "account_gone" | "signed_out";

/** Who is signed in, and the token that says so. */
export interface Session {
  /** Undefined until it is known who is signed in. */
  userId(): number | undefined;
  /** Why nobody is; undefined while somebody is. */
  lost(): AuthLostReason | undefined;
  /** The access token that is in use, good or not: asks nobody. */
  current(): string | undefined;
  /**
   * An access token that is good for a while yet, refreshed if need be; undefined with a cookie, or when nobody is
   * signed in. All who ask at once share one refresh. `refused` is a token that the server does not take any more.
   * Rejects with a CauserieError that is passing; when the session is over it rejects with `UNAUTHORIZED`, and `lost` tells why.
   */
  token(refused?: string): Promise<string | undefined>;
  /** Whether `token()` would have to refresh first. */
  isStale(): boolean;
  /**
   * Somebody has signed in: takes their tokens. Without tokens, as after a sign-in with a cookie, it looks again who
   * is signed in, and rejects as `token` does.
   */
  adopt(tokens?: Tokens): Promise<void>;
  /**
   * Nobody is signed in any more. `signed_out` tells the server, as far as it can be reached, and other tabs;
   * `account_gone` other tabs; of `session_ended` they find out themselves. Only a sign-out with a cookie may reject:
   * when the server cannot be reached, nothing has changed.
   */
  end(reason: Exclude<AuthLostReason, "no_credentials">): Promise<void>;
  onChange(listener: (change: SessionChange) => void): () => void;
  /** Stops the timers. */
  close(): void;
}

export type SessionChange =
  | { readonly type: "signed_in"; readonly userId: number }
  | {
      readonly type: "renewed";
      readonly by: "this_client" | "another_tab";
      readonly token: string;
      /** In seconds; null when the app provides the tokens. */
      readonly expiresIn: number | null;
    }
  | { readonly type: "lost"; readonly reason: AuthLostReason };
