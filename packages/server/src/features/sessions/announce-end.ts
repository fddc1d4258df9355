import type { Bus, SessionEnd } from "../../bus/bus.ts";

/** Closes the sockets of sessions that have ended, everywhere. */
export type AnnounceEnd = (userId: number, sessionIds: readonly string[], end: SessionEnd) => void;

export function createAnnounceEnd(bus: Bus): AnnounceEnd {
  return (userId, sessionIds, end) =>
    // A call that ends its own session over a socket is answered before the socket closes.
    void setImmediate(() => {
      for (const sessionId of sessionIds) bus.publish({ type: "session.ended", sessionId, userId, end });
    });
}
