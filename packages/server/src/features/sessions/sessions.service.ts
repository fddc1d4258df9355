import { limits, type RefreshedTokens, type Session, type Tokens } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Bus } from "../../bus/bus.ts";
import type { Database } from "../../db/database.ts";
import type { Clock } from "../../lib/clock.ts";
import { DomainError, invalidField } from "../../lib/domain-error.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Random } from "../../lib/random.ts";
import type { Writer } from "../../log/writer.ts";
import type { AccessTokens } from "./access-token.ts";
import { createAnnounceEnd, type AnnounceEnd } from "./announce-end.ts";
import type { Principal } from "./principal.ts";
import { createSessionSecrets, hashSecret, isSecretOf } from "./session-secret.ts";
import { createSessionUse } from "./session-use.ts";
import { sessionView } from "./session-view.ts";
import {
  findLiveSession,
  findTokenUse,
  listLiveSessions,
  type SessionChoice,
  type SessionRow,
} from "./sessions.repository.ts";
import { endSession, endSessions, renewToken, rotate } from "./sessions.writes.ts";

export interface SessionsDeps {
  readonly db: Kysely<Database>;
  readonly writer: Writer;
  readonly bus: Bus;
  readonly logger: Logger;
  readonly accessTokens: AccessTokens;
  /** The key of refresh tokens, cookies and CSRF tokens. */
  readonly secret: string;
  /** How long a session lasts, however often it is renewed. */
  readonly sessionTtlMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** Whose session to open, and for which program. */
export interface NewSession {
  readonly userId: number;
  readonly device: string | null;
}

/** A session that a browser holds in a cookie. */
export interface OpenedCookie {
  readonly cookie: string;
  readonly csrfToken: string;
  readonly lifetimeMs: number;
}

export interface SessionsService {
  /** Prepares a session: stored, it makes the tokens good that come with it. */
  prepare(session: NewSession, accessTtlMs: number): { readonly row: SessionRow; readonly tokens: Tokens };
  /** The same, held in a cookie. */
  prepareCookie(session: NewSession): { readonly row: SessionRow; readonly cookie: OpenedCookie };
  /** Who a token belongs to, or undefined when it is forged, expired or revoked. */
  authenticate(token: string): Promise<Principal | undefined>;
  /** Who a cookie belongs to, or undefined when it is forged or its session is over. */
  authenticateCookie(cookie: string): Promise<Principal | undefined>;
  /** The CSRF token that a call with this cookie has to repeat. */
  csrfTokenOf(cookie: string): string;
  /**
   * Takes a refresh token once and gives the next; again for the same `attempt`, as long as the next was
   * not used. Any other used token coming back ends the session.
   */
  refresh(refreshToken: string, attempt: string | null): Promise<RefreshedTokens>;
  /** A new access token of the same session; the one presented is revoked. */
  renew(principal: Principal): Promise<RefreshedTokens>;
  /**
   * Lets the principal of a socket live as long as a fresh token of its session, and returns the
   * milliseconds left. VALIDATION_FAILED for a token of another session.
   */
  extend(principal: Principal, token: string): Promise<number>;
  /** Where the user is signed in, the session last used first; at most 1,000. */
  list(principal: Principal): Promise<Session[]>;
  /** Ends one session of the user; NOT_FOUND for another's as for none. */
  revoke(userId: number, sessionId: string): Promise<void>;
  /** Ends the user's other sessions. */
  revokeOthers(principal: Principal): Promise<void>;
  /** Ends the principal's session. */
  end(principal: Principal): Promise<void>;
  /** Closes the sockets of sessions whose end is stored. */
  readonly announceEnd: AnnounceEnd;
}

export function createSessionsService(deps: SessionsDeps): SessionsService {
  const { db, writer, bus, logger, accessTokens, secret, sessionTtlMs, clock, random } = deps;
  const secrets = createSessionSecrets(secret, random);
  const announceEnd = createAnnounceEnd(bus);
  const noteUse = createSessionUse({ writer, clock, logger });

  /** An access token that ends with its session at the latest. */
  function accessTokenOf(session: Pick<SessionRow, "id" | "user_id" | "access_ttl_ms" | "expires_at">) {
    const now = clock.now();
    const lifetimeMs = Math.min(session.access_ttl_ms, session.expires_at - now);
    const iat = Math.floor(now / 1000);
    const expiresIn = Math.max(1, Math.floor(lifetimeMs / 1000));
    const token = accessTokens.sign({
      sub: String(session.user_id),
      sid: session.id,
      jti: random.uuid(),
      iat,
      exp: iat + expiresIn,
    });
    return {
      access_token: token,
      token_type: "bearer" as const,
      expires_in: expiresIn,
      user_id: session.user_id,
    };
  }

  /** A session, and the secret that its client gets. */
  function newSession(
    { userId, device }: NewSession,
    holder: { readonly kind: "token" | "cookie"; readonly accessTtlMs: number },
  ): { readonly row: SessionRow; readonly issued: string } {
    const now = clock.now();
    const id = random.uuid();
    const issued = secrets.issue(holder.kind === "cookie" ? "cookie" : "refresh", id);
    const row = {
      ...{ id, user_id: userId, kind: holder.kind, device },
      access_ttl_ms: holder.accessTtlMs,
      refresh_hash: hashSecret(issued),
      previous_refresh_hash: null,
      refresh_attempt_hash: null,
      rotated_at: null,
      created_at: now,
      last_used_at: now,
      expires_at: now + sessionTtlMs,
      revoked_at: null,
    };
    return { row, issued };
  }

  async function authenticate(token: string): Promise<Principal | undefined> {
    const now = clock.now();
    const claims = accessTokens.verify(token, now);
    if (!claims) return undefined;
    const used = await findTokenUse(db, { sessionId: claims.sid, tokenId: claims.jti }, now);
    if (!used) return undefined;
    noteUse(claims.sid, used.last_used_at);
    return {
      userId: Number(claims.sub),
      sessionId: claims.sid,
      tokenId: claims.jti,
      expiresAt: claims.exp * 1000,
    };
  }

  async function endNow(userId: number, choice: SessionChoice): Promise<void> {
    announceEnd(userId, await writer.run(endSessions, { userId, choice, now: clock.now() }), "ended");
  }

  return {
    prepare(session, accessTtlMs) {
      const { row, issued } = newSession(session, { kind: "token", accessTtlMs });
      return { row, tokens: { ...accessTokenOf(row), refresh_token: issued } };
    },

    prepareCookie(session) {
      const { row, issued } = newSession(session, { kind: "cookie", accessTtlMs: 0 });
      const csrfToken = secrets.csrfTokenOf(issued);
      return { row, cookie: { cookie: issued, csrfToken, lifetimeMs: sessionTtlMs } };
    },

    authenticate,

    async authenticateCookie(cookie) {
      const sessionId = secrets.sessionOf("cookie", cookie);
      const session = sessionId && (await findLiveSession(db, sessionId, clock.now()));
      if (!session || !isSecretOf(cookie, session.refresh_hash)) return undefined;
      noteUse(session.id, session.last_used_at);
      return {
        userId: session.user_id,
        sessionId: session.id,
        tokenId: null,
        expiresAt: session.expires_at,
      };
    },

    csrfTokenOf: secrets.csrfTokenOf,

    async refresh(refreshToken, attempt) {
      const refused = new DomainError("UNAUTHORIZED", {
        message: "This refresh token is not valid: sign in again.",
      });
      const sessionId = secrets.sessionOf("refresh", refreshToken);
      if (sessionId === undefined) throw refused;
      const next = secrets.successorOf(sessionId, refreshToken);
      const use = { sessionId, token: refreshToken, next, attempt, now: clock.now() };
      const used = await writer.run(rotate, use);
      if (used.outcome === "stolen") announceEnd(used.userId, used.ended, "ended");
      if (used.outcome !== "renewed") throw refused;
      return { ...accessTokenOf(used.session), refresh_token: next };
    },

    async renew({ sessionId, tokenId, expiresAt }) {
      if (tokenId === null) {
        throw new DomainError("UNAUTHORIZED", {
          message: "Send a refresh token or a bearer token: a session in a cookie is not renewed.",
        });
      }
      const used = { sessionId, tokenId, expiresAt, now: clock.now() };
      return accessTokenOf(await writer.run(renewToken, used));
    },

    async extend(principal, token) {
      const fresh = await authenticate(token);
      if (fresh?.sessionId !== principal.sessionId) {
        throw invalidField("token", "must be a valid access token of the session that opened this socket");
      }
      // An older token would shorten what the socket has.
      if (fresh.expiresAt > principal.expiresAt) {
        principal.expiresAt = fresh.expiresAt;
        principal.tokenId = fresh.tokenId;
      }
      return principal.expiresAt - clock.now();
    },

    async list({ userId, sessionId }) {
      const rows = await listLiveSessions(db, userId, clock.now(), limits.listSize);
      return rows.map((row) => sessionView(row, sessionId));
    },

    async revoke(userId, sessionId) {
      const ended = await writer.run(endSession, { userId, sessionId, now: clock.now() });
      announceEnd(userId, ended, "ended");
    },

    revokeOthers: ({ userId, sessionId }) => endNow(userId, { exceptId: sessionId }),
    end: ({ userId, sessionId }) => endNow(userId, { id: sessionId }),
    announceEnd,
  };
}
