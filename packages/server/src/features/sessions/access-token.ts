import { createSecretKey } from "node:crypto";
import jwt from "jsonwebtoken";
import { z } from "zod";

/** What an access token says. Times are in seconds, as JWTs have them. */
export interface AccessClaims {
  /** The user's id. */
  readonly sub: string;
  /** The session's id. */
  readonly sid: string;
  /** The token's own id. */
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
}

const claimsSchema = z.object({
  sub: z.string().regex(/^[1-9]\d{0,14}$/),
  sid: z.uuid(),
  jti: z.uuid(),
  iat: z.int(),
  exp: z.int(),
});

const issuer = "causerie";
const audience = "causerie";
const type = "at+jwt";

/** Signs and checks access tokens. @see https://www.rfc-editor.org/rfc/rfc9068 */
export interface AccessTokens {
  sign(claims: AccessClaims): string;
  /** The claims of a genuine token that has not expired at `nowMs`, else undefined. */
  verify(token: string, nowMs: number): AccessClaims | undefined;
}

export function createAccessTokens(secret: string): AccessTokens {
  // jsonwebtoken checks a KeyObject some forty times faster than a string.
  const key = createSecretKey(secret, "utf8");
  return {
    sign: (claims) =>
      jwt.sign({ ...claims, iss: issuer, aud: audience }, key, {
        algorithm: "HS256",
        header: { alg: "HS256", typ: type },
      }),

    verify(token, nowMs) {
      let decoded: jwt.Jwt;
      try {
        decoded = jwt.verify(token, key, {
          algorithms: ["HS256"],
          issuer,
          audience,
          clockTimestamp: Math.floor(nowMs / 1000),
          complete: true,
        });
      } catch {
        // Whatever is wrong with it, the caller learns only that it is not accepted.
        return undefined;
      }
      if (decoded.header.typ !== type) return undefined;
      const claims = claimsSchema.safeParse(decoded.payload);
      return claims.success ? claims.data : undefined;
    },
  };
}
