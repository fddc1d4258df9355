import type { Clock } from "../../lib/clock.ts";
import type { WriteTransaction } from "../../log/writer.ts";
import type { EndSessions } from "./end-sessions.ts";
import { hashSecret, isSecretOf, type SessionSecrets } from "./session-secret.ts";
import { findLiveSession, updateSession, type SessionRow } from "./sessions.repository.ts";

export interface RefreshRotationDeps {
  readonly secrets: SessionSecrets;
  readonly endSessions: EndSessions;
  readonly clock: Clock;
}

/** What becomes of a refresh token that this server once gave out. */
export type Rotation =
  | { readonly outcome: "renewed"; readonly session: SessionRow; readonly next: string }
  | { readonly outcome: "refused" }
  | { readonly outcome: "stolen"; readonly announce: () => void };

/** A refresh token that was just used is taken again for this long: its answer may have been lost. */
const lostAnswerGraceMs = 10_000;

/** Uses a refresh token up. It is decided inside the write, so that one token has one successor. */
export function createRefreshRotation({ secrets, endSessions, clock }: RefreshRotationDeps) {
  return async function rotate(tx: WriteTransaction, sessionId: string, token: string): Promise<Rotation> {
    const now = clock.now();
    const session = await findLiveSession(tx.db, sessionId, now);
    if (!session) return { outcome: "refused" };
    const next = secrets.successorOf(sessionId, token);

    if (isSecretOf(token, session.refresh_hash)) {
      await updateSession(tx.db, sessionId, {
        refresh_hash: hashSecret(next),
        previous_refresh_hash: session.refresh_hash,
        rotated_at: now,
        last_used_at: now,
      });
      return { outcome: "renewed", session, next };
    }
    const justRotated = session.rotated_at !== null && now - session.rotated_at <= lostAnswerGraceMs;
    if (justRotated && isSecretOf(token, session.previous_refresh_hash)) {
      return { outcome: "renewed", session, next };
    }
    // It was used up long ago: two parties have it, and one of them stole it.
    return {
      outcome: "stolen",
      announce: await endSessions(tx, session.user_id, { id: sessionId }, "ended"),
    };
  };
}
