import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/**
 * A refresh token is `<session id>.<256 bits>`. Only its hash is stored. The token that
 * follows it is derived from it with the server's key, so a client whose answer was lost
 * can be given the same successor again without the server having kept it.
 */
export function formatRefreshToken(sessionId: string, secret: string): string {
  return `${sessionId}.${secret}`;
}

const pattern = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})$/;

export function sessionIdOf(token: string): string | undefined {
  return pattern.exec(token)?.[1];
}

export function hashRefreshToken(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** Whether `token` is the one whose hash was stored. */
export function isRefreshToken(token: string, hash: string | null): boolean {
  if (hash === null) return false;
  const given = Buffer.from(hashRefreshToken(token));
  const stored = Buffer.from(hash);
  return given.length === stored.length && timingSafeEqual(given, stored);
}

export function successorOf(sessionId: string, token: string, secret: string): string {
  const next = createHmac("sha256", secret).update(`refresh:${token}`).digest("base64url");
  return formatRefreshToken(sessionId, next);
}
