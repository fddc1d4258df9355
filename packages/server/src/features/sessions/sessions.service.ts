import { limits, type RefreshedTokens, type Session, type Tokens } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Bus } from "../../bus/bus.ts";
import type { Database } from "../../db/database.ts";
import type { Clock } from "../../lib/clock.ts";
import { DomainError, invalidField } from "../../lib/domain-error.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Random } from "../../lib/random.ts";
import type { Writer, WriteTransaction } from "../../log/writer.ts";
import type { AccessTokens } from "./access-token.ts";
import { createEndSessions, type EndSessions } from "./end-sessions.ts";
import type { Principal } from "./principal.ts";
import { createRefreshRotation } from "./refresh-rotation.ts";
import { createSessionSecrets, hashSecret, isSecretOf } from "./session-secret.ts";
import { createSessionUse } from "./session-use.ts";
import { sessionView } from "./session-view.ts";
import {
  deleteEndedSessions,
  findLiveSession,
  findTokenUse,
  insertSession,
  listLiveSessions,
  revokeToken,
  updateSession,
  type SessionChoice,
  type SessionRow,
} from "./sessions.repository.ts";

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
  /** Opens a session, in the transaction that found the user's password right. */
  open(tx: WriteTransaction, session: NewSession, accessTtlMs: number): Promise<Tokens>;
  /** The same, held in a cookie. */
  openCookie(tx: WriteTransaction, session: NewSession): Promise<OpenedCookie>;
  /** Who a token belongs to, or undefined when it is forged, expired or revoked. */
  authenticate(token: string): Promise<Principal | undefined>;
  /** Who a cookie belongs to, or undefined when it is forged or its session is over. */
  authenticateCookie(cookie: string): Promise<Principal | undefined>;
  /** The CSRF token that a call with this cookie has to repeat. */
  csrfTokenOf(cookie: string): string;
  /** Takes a refresh token once and gives the next. A used one coming back ends the session. */
  refresh(refreshToken: string): Promise<RefreshedTokens>;
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
  /** Ends sessions as a part of what the caller writes. */
  readonly endIn: EndSessions;
}

export function createSessionsService(deps: SessionsDeps): SessionsService {
  const { db, writer, bus, logger, accessTokens, secret, sessionTtlMs, clock, random } = deps;
  const secrets = createSessionSecrets(secret, random);
  const endSessions = createEndSessions({ bus, clock });
  const rotate = createRefreshRotation({ secrets, endSessions, clock });
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
    return { access_token: token, token_type: "bearer" as const, expires_in: expiresIn };
  }

  /** Stores a session whose client gets the secret that is returned with it. */
  async function insert(
    tx: WriteTransaction,
    { userId, device }: NewSession,
    holder: { kind: "token" | "cookie"; accessTtlMs: number },
  ) {
    const now = clock.now();
    const id = random.uuid();
    const issued = secrets.issue(holder.kind === "cookie" ? "cookie" : "refresh", id);
    const session = {
      id,
      user_id: userId,
      access_ttl_ms: holder.accessTtlMs,
      expires_at: now + sessionTtlMs,
    };
    await deleteEndedSessions(tx.db, now);
    await insertSession(tx.db, {
      ...session,
      kind: holder.kind,
      device,
      refresh_hash: hashSecret(issued),
      previous_refresh_hash: null,
      rotated_at: null,
      created_at: now,
      last_used_at: now,
      revoked_at: null,
    });
    return { session, issued };
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

  /** Ends sessions in a transaction of its own. */
  async function endNow(userId: number, choice: SessionChoice): Promise<void> {
    const announce = await writer.run((tx) => endSessions(tx, userId, choice, "ended"));
    announce();
  }

  return {
    async open(tx, newSession, accessTtlMs) {
      const { session, issued } = await insert(tx, newSession, { kind: "token", accessTtlMs });
      return { ...accessTokenOf(session), refresh_token: issued };
    },

    async openCookie(tx, newSession) {
      const { issued } = await insert(tx, newSession, { kind: "cookie", accessTtlMs: 0 });
      return { cookie: issued, csrfToken: secrets.csrfTokenOf(issued), lifetimeMs: sessionTtlMs };
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

    async refresh(refreshToken) {
      const refused = new DomainError("UNAUTHORIZED", {
        message: "This refresh token is not valid: sign in again.",
      });
      const sessionId = secrets.sessionOf("refresh", refreshToken);
      if (sessionId === undefined) throw refused;
      const used = await writer.run((tx) => rotate(tx, sessionId, refreshToken));
      if (used.outcome === "stolen") used.announce();
      if (used.outcome !== "renewed") throw refused;
      return { ...accessTokenOf(used.session), refresh_token: used.next };
    },

    async renew({ sessionId, tokenId, expiresAt }) {
      if (tokenId === null) {
        throw new DomainError("UNAUTHORIZED", {
          message: "Send a refresh token or a bearer token: a session in a cookie is not renewed.",
        });
      }
      const session = await writer.run(async (tx) => {
        const now = clock.now();
        const live = await findLiveSession(tx.db, sessionId, now);
        // Of parallel renewals with one token, the first uses it up.
        if (!live || !(await findTokenUse(tx.db, { sessionId, tokenId }, now)))
          throw new DomainError("UNAUTHORIZED");
        await revokeToken(tx.db, tokenId, expiresAt, now);
        await updateSession(tx.db, live.id, { last_used_at: now });
        return live;
      });
      return accessTokenOf(session);
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
      const announce = await writer.run(async (tx) => {
        const live = await findLiveSession(tx.db, sessionId, clock.now());
        if (live?.user_id !== userId) {
          throw new DomainError("NOT_FOUND", { message: "There is no such session." });
        }
        return await endSessions(tx, userId, { id: sessionId }, "ended");
      });
      announce();
    },

    revokeOthers: ({ userId, sessionId }) => endNow(userId, { exceptId: sessionId }),
    end: ({ userId, sessionId }) => endNow(userId, { id: sessionId }),
    endIn: endSessions,
  };
}
