import type { RefreshedTokens, Tokens } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Bus } from "../../bus/bus.ts";
import type { Database } from "../../db/database.ts";
import type { Clock } from "../../lib/clock.ts";
import { DomainError } from "../../lib/domain-error.ts";
import type { Random } from "../../lib/random.ts";
import type { Writer, WriteTransaction } from "../../log/writer.ts";
import type { AccessTokens } from "./access-token.ts";
import type { Principal } from "./principal.ts";
import {
  formatRefreshToken,
  hashRefreshToken,
  isRefreshToken,
  sessionIdOf,
  successorOf,
} from "./refresh-token.ts";
import {
  deleteEndedSessions,
  findLiveSession,
  insertSession,
  isTokenAlive,
  revokeOtherSessions,
  revokeToken,
  updateSession,
  type SessionRow,
} from "./sessions.repository.ts";

export interface SessionsDeps {
  readonly db: Kysely<Database>;
  readonly writer: Writer;
  readonly bus: Bus;
  readonly accessTokens: AccessTokens;
  /** The key from which successors of refresh tokens are derived. */
  readonly secret: string;
  /** How long a session lasts, however often it is renewed. */
  readonly sessionTtlMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

export interface SessionsService {
  /** Opens a session for a user whose password was checked. */
  open(userId: number, accessTtlMs: number, device: string | null): Promise<Tokens>;
  /** Who a token belongs to, or undefined when it is forged, expired or revoked. */
  authenticate(token: string): Promise<Principal | undefined>;
  /** Takes a refresh token once and gives the next. A used one coming back ends the session. */
  refresh(refreshToken: string): Promise<RefreshedTokens>;
  /** A new access token of the same session; the one presented is revoked. */
  renew(principal: Principal): Promise<RefreshedTokens>;
  /** Ends the session: its tokens are refused and its sockets closed from now on. */
  end(sessionId: string): Promise<void>;
  /** Ends the user's other sessions in a transaction of the caller; call the result after it. */
  endOthers(tx: WriteTransaction, userId: number, sessionId: string): Promise<() => void>;
}

/** A refresh token that was just used is taken again for this long: its answer may have been lost. */
const lostAnswerGraceMs = 10_000;

export function createSessionsService(deps: SessionsDeps): SessionsService {
  const { db, writer, bus, accessTokens, secret, sessionTtlMs, clock, random } = deps;

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

  /** What becomes of a presented refresh token, decided inside the write that uses it up. */
  async function use(tx: WriteTransaction, sessionId: string, token: string) {
    const now = clock.now();
    const session = await findLiveSession(tx.db, sessionId, now);
    if (!session) return { outcome: "refused" as const };
    const next = successorOf(sessionId, token, secret);

    if (isRefreshToken(token, session.refresh_hash)) {
      await updateSession(tx.db, sessionId, {
        refresh_hash: hashRefreshToken(next),
        previous_refresh_hash: session.refresh_hash,
        rotated_at: now,
        last_used_at: now,
      });
      return { outcome: "renewed" as const, session, next };
    }
    const justRotated = session.rotated_at !== null && now - session.rotated_at <= lostAnswerGraceMs;
    if (justRotated && isRefreshToken(token, session.previous_refresh_hash)) {
      return { outcome: "renewed" as const, session, next };
    }
    await updateSession(tx.db, sessionId, { revoked_at: now });
    return { outcome: "stolen" as const };
  }

  function announceEnd(sessionId: string): void {
    bus.publish({ type: "session.ended", sessionId });
  }

  return {
    async open(userId, accessTtlMs, device) {
      const now = clock.now();
      const id = random.uuid();
      const refreshToken = formatRefreshToken(id, random.secret());
      const session = { id, user_id: userId, access_ttl_ms: accessTtlMs, expires_at: now + sessionTtlMs };
      await writer.run(async (tx) => {
        await deleteEndedSessions(tx.db, now);
        await insertSession(tx.db, {
          ...session,
          device,
          refresh_hash: hashRefreshToken(refreshToken),
          previous_refresh_hash: null,
          rotated_at: null,
          created_at: now,
          last_used_at: now,
          revoked_at: null,
        });
      });
      return { ...accessTokenOf(session), refresh_token: refreshToken };
    },

    async authenticate(token) {
      const now = clock.now();
      const claims = accessTokens.verify(token, now);
      if (!claims) return undefined;
      if (!(await isTokenAlive(db, { sessionId: claims.sid, tokenId: claims.jti }, now))) return undefined;
      return {
        userId: Number(claims.sub),
        sessionId: claims.sid,
        tokenId: claims.jti,
        expiresAt: claims.exp * 1000,
      };
    },

    async refresh(refreshToken) {
      const refused = new DomainError("UNAUTHORIZED", {
        message: "This refresh token is not valid: sign in again.",
      });
      const sessionId = sessionIdOf(refreshToken);
      if (sessionId === undefined) throw refused;
      const used = await writer.run((tx) => use(tx, sessionId, refreshToken));
      if (used.outcome === "stolen") announceEnd(sessionId);
      if (used.outcome !== "renewed") throw refused;
      return { ...accessTokenOf(used.session), refresh_token: used.next };
    },

    async renew(principal) {
      const session = await writer.run(async (tx) => {
        const now = clock.now();
        const live = await findLiveSession(tx.db, principal.sessionId, now);
        // Of parallel renewals with one token, the first uses it up.
        if (!live || !(await isTokenAlive(tx.db, principal, now))) throw new DomainError("UNAUTHORIZED");
        await revokeToken(tx.db, principal.tokenId, principal.expiresAt, now);
        await updateSession(tx.db, live.id, { last_used_at: now });
        return live;
      });
      return accessTokenOf(session);
    },

    async end(sessionId) {
      await writer.run((tx) => updateSession(tx.db, sessionId, { revoked_at: clock.now() }));
      // A call that ends its own session over a socket is answered before the socket closes.
      setImmediate(() => announceEnd(sessionId));
    },

    async endOthers(tx, userId, sessionId) {
      const ended = await revokeOtherSessions(tx.db, userId, sessionId, clock.now());
      return () => ended.forEach(announceEnd);
    },
  };
}
