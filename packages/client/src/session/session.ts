import type { Tokens } from "../types.ts";

/** Why nobody is signed in. */
export type AuthLostReason = "no_credentials" | "session_ended" | "account_gone" | "signed_out";

/** Who is signed in, and the token that says so. */
export interface Session {
  /** Undefined until it is known who is signed in. */
  userId(): number | undefined;
  /** Why nobody is; undefined while somebody is. */
  lost(): AuthLostReason | undefined;
  /**
   * An access token that is good for a while yet, refreshed if need be; undefined with a cookie, or when nobody is
   * signed in. All who ask at once share one refresh. `refused` is a token that the server does not take any more.
   * Rejects with a CauserieError that is passing; when the session is over it rejects with `UNAUTHORIZED`, and `lost` tells why.
   */
  token(refused?: string): Promise<string | undefined>;
  /** Whether `token()` would have to refresh first. */
  isStale(): boolean;
  /** Takes the tokens of a sign-in. */
  adopt(tokens: Tokens): Promise<void>;
  /** Nobody is signed in any more, here and in other tabs. */
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
      readonly expiresIn: number;
    }
  | { readonly type: "lost"; readonly reason: AuthLostReason };
