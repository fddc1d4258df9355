import { DomainError } from "../../lib/domain-error.ts";
import { defineWrite } from "../../log/write.ts";
import { hashSecret, isSecretOf } from "./session-secret.ts";
import {
  findLiveSession,
  findTokenUse,
  revokeSessions,
  revokeToken,
  updateSession,
  type SessionChoice,
  type SessionRow,
} from "./sessions.repository.ts";

export interface UsedRefreshToken {
  readonly sessionId: string;
  readonly token: string;
  /** The token that follows it. */
  readonly next: string;
  /** What the client calls this refresh, and its repetitions; null: it has no name. */
  readonly attempt: string | null;
  readonly now: number;
}

/** What becomes of a refresh token that this server once gave out. */
export type Rotation =
  | { readonly outcome: "renewed"; readonly session: SessionRow }
  | { readonly outcome: "refused" }
  | { readonly outcome: "stolen"; readonly userId: number; readonly ended: readonly string[] };

/** A refresh token that was just used is taken again for this long, by anybody: its answer may have been lost. */
const lostAnswerGraceMs = 10_000;

/** Uses a refresh token up. It is decided inside the write, so that one token has one successor. */
export const rotate = defineWrite(
  "sessions.rotate",
  async (tx, { sessionId, token, next, attempt, now }: UsedRefreshToken): Promise<Rotation> => {
    const session = await findLiveSession(tx.db, sessionId, now);
    if (!session) return { outcome: "refused" };
    if (isSecretOf(token, session.refresh_hash)) {
      await updateSession(tx.db, sessionId, {
        refresh_hash: hashSecret(next),
        previous_refresh_hash: session.refresh_hash,
        refresh_attempt_hash: attempt === null ? null : hashSecret(attempt),
        rotated_at: now,
        last_used_at: now,
      });
      return { outcome: "renewed", session };
    }
    const justRotated = session.rotated_at !== null && now - session.rotated_at <= lostAnswerGraceMs;
    const sameAttempt = attempt !== null && isSecretOf(attempt, session.refresh_attempt_hash);
    // The token before the one that is valid: its successor was not used yet.
    if ((justRotated || sameAttempt) && isSecretOf(token, session.previous_refresh_hash))
      return { outcome: "renewed", session };
    // It was used up long ago: two parties have it, and one of them stole it.
    const ended = await revokeSessions(tx.db, session.user_id, { id: sessionId }, now);
    return { outcome: "stolen", userId: session.user_id, ended };
  },
);

export interface UsedAccessToken {
  readonly sessionId: string;
  readonly tokenId: string;
  readonly expiresAt: number;
  readonly now: number;
}

/** Gives up an access token for a new one of its session, which is returned. */
export const renewToken = defineWrite(
  "sessions.renew",
  async (tx, { sessionId, tokenId, expiresAt, now }: UsedAccessToken): Promise<SessionRow> => {
    const live = await findLiveSession(tx.db, sessionId, now);
    // Of parallel renewals with one token, the first uses it up.
    if (!live || !(await findTokenUse(tx.db, { sessionId, tokenId }, now)))
      throw new DomainError("UNAUTHORIZED");
    await revokeToken(tx.db, tokenId, expiresAt, now);
    await updateSession(tx.db, live.id, { last_used_at: now });
    return live;
  },
);

export interface EndedSessions {
  readonly userId: number;
  readonly choice: SessionChoice;
  readonly now: number;
}

/** Ends sessions of a user, and returns their ids. */
export const endSessions = defineWrite("sessions.end", (tx, { userId, choice, now }: EndedSessions) =>
  revokeSessions(tx.db, userId, choice, now),
);

/** Ends one session of a user, or fails as for none. */
export const endSession = defineWrite(
  "sessions.endOne",
  async (tx, { userId, sessionId, now }: { userId: number; sessionId: string; now: number }) => {
    const live = await findLiveSession(tx.db, sessionId, now);
    if (live?.user_id !== userId)
      throw new DomainError("NOT_FOUND", { message: "There is no such session." });
    return await revokeSessions(tx.db, userId, { id: sessionId }, now);
  },
);

/** Says when a session was last used. */
export const noteSessionUse = defineWrite(
  "sessions.noteUse",
  (tx, { sessionId, now }: { sessionId: string; now: number }) =>
    updateSession(tx.db, sessionId, { last_used_at: now }),
);
