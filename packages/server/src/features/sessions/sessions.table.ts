import type { Generated } from "kysely";

/** One row per sign-in. */
export interface SessionTable {
  id: string;
  user_id: number;
  /** How the client holds it: as tokens, or as a cookie of a browser on our own origin. */
  kind: Generated<"token" | "cookie">;
  device: string | null;
  /** How long the access tokens of this session live. */
  access_ttl_ms: number;
  /** SHA-256 of the refresh token that is valid now, or of the cookie. */
  refresh_hash: string;
  /** SHA-256 of the refresh token before it: seen again later, it betrays a theft. */
  previous_refresh_hash: string | null;
  /** SHA-256 of the attempt that used that one, if it was named: whoever names it again has lost the answer. */
  refresh_attempt_hash: string | null;
  rotated_at: number | null;
  created_at: number;
  last_used_at: number;
  /** The end of the session, whatever is renewed. */
  expires_at: number;
  revoked_at: number | null;
}

/** Access tokens revoked while their session goes on: their ids, until they would have expired. */
export interface RevokedTokenTable {
  id: string;
  expires_at: number;
}
