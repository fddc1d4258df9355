import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Random } from "../../lib/random.ts";

/** What a client proves its session with: a refresh token, or the cookie of a browser. */
export type SecretKind = "refresh" | "cookie";

/**
 * The long-lived secrets of sessions, `<session id>.<256 bits>.<MAC>`. The server stores only
 * their hashes. The MAC, made with the server's key, shows that the server gave this one out:
 * a used one coming back is a theft, while anybody could have made up one without it.
 */
export interface SessionSecrets {
  /** A new secret of the session. */
  issue(kind: SecretKind, sessionId: string): string;
  /** The session that a secret of this kind was given out for, or undefined. */
  sessionOf(kind: SecretKind, secret: string): string | undefined;
  /**
   * The refresh token that follows one. It is derived, so a client whose answer was lost can be
   * given the same successor again without the server having kept it.
   */
  successorOf(sessionId: string, refreshToken: string): string;
  /** The CSRF token that goes with a cookie. */
  csrfTokenOf(cookie: string): string;
}

const pattern = /^(([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

export function createSessionSecrets(key: string, random: Random): SessionSecrets {
  /** Each use has a name of its own, so that no MAC can stand for another. */
  const mac = (use: string, text: string) =>
    createHmac("sha256", key).update(`${use}:${text}`).digest("base64url");

  const sealed = (kind: SecretKind, sessionId: string, bits: string) => {
    const text = `${sessionId}.${bits}`;
    return `${text}.${mac(kind, text)}`;
  };

  return {
    issue: (kind, sessionId) => sealed(kind, sessionId, random.secret()),

    sessionOf(kind, secret) {
      const [, text, sessionId, given] = pattern.exec(secret) ?? [];
      if (text === undefined || given === undefined) return undefined;
      return equalTexts(given, mac(kind, text)) ? sessionId : undefined;
    },

    successorOf: (sessionId, refreshToken) =>
      sealed("refresh", sessionId, mac("refresh successor", refreshToken)),

    csrfTokenOf: (cookie) => mac("csrf", cookie),
  };
}

/** What is stored of a secret. Its 256 bits are random, so a fast hash will do. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

/** Whether `secret` is the one whose hash was stored. */
export function isSecretOf(secret: string, hash: string | null): boolean {
  return hash !== null && equalTexts(hashSecret(secret), hash);
}

/** Compares in a time that does not tell where they differ. */
export function equalTexts(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
