import type { Bus } from "../../bus/bus.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Principal } from "./principal.ts";

/** Tells whatever lives longer than a call when it must end. */
export interface LiveSessions {
  /**
   * Calls `onEnd` once, when the principal's session is ended or its token expires.
   * Returns what stops the watch.
   */
  watch(principal: Principal, onEnd: () => void): () => void;
}

/** A token may have been found good just before its session ended, and be watched just after. */
const rememberMs = 60_000;

export function createLiveSessions({ bus, clock }: { bus: Bus; clock: Clock }): LiveSessions {
  const recentlyEnded = new Set<string>();
  const watchers = new Map<string, Set<() => void>>();

  bus.subscribe((signal) => {
    if (signal.type !== "session.ended") return;
    recentlyEnded.add(signal.sessionId);
    clock.after(rememberMs, () => recentlyEnded.delete(signal.sessionId));
    for (const end of [...(watchers.get(signal.sessionId) ?? [])]) end();
  });

  return {
    watch(principal, onEnd) {
      const stop = () => {
        cancelTimer();
        const ofSession = watchers.get(principal.sessionId);
        ofSession?.delete(end);
        if (ofSession?.size === 0) watchers.delete(principal.sessionId);
      };
      const end = () => {
        stop();
        onEnd();
      };
      const cancelTimer = clock.after(principal.expiresAt - clock.now(), end);
      const ofSession = watchers.get(principal.sessionId) ?? new Set();
      ofSession.add(end);
      watchers.set(principal.sessionId, ofSession);
      if (recentlyEnded.has(principal.sessionId)) queueMicrotask(() => ofSession.has(end) && end());
      return stop;
    },
  };
}
