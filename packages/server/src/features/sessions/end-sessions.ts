import type { Bus, SessionEnd } from "../../bus/bus.ts";
import type { Clock } from "../../lib/clock.ts";
import type { WriteTransaction } from "../../log/writer.ts";
import { revokeSessions, type SessionChoice } from "./sessions.repository.ts";

/**
 * Ends the chosen live sessions of a user in the caller's transaction. Their proofs are refused
 * from its commit on; what is returned, called after it, closes their sockets everywhere.
 */
export type EndSessions = (
  tx: WriteTransaction,
  userId: number,
  choice: SessionChoice,
  end: SessionEnd,
) => Promise<() => void>;

export function createEndSessions({ bus, clock }: { bus: Bus; clock: Clock }): EndSessions {
  return async (tx, userId, choice, end) => {
    const ended = await revokeSessions(tx.db, userId, choice, clock.now());
    return () =>
      // A call that ends its own session over a socket is answered before the socket closes.
      void setImmediate(() => {
        for (const sessionId of ended) bus.publish({ type: "session.ended", sessionId, userId, end });
      });
  };
}
