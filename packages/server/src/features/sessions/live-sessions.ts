import type { Bus, SessionEnd } from "../../bus/bus.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Principal } from "./principal.ts";

/** Tells whatever lives longer than a call when it must end. */
export interface LiveSessions {
  /**
   * Calls `onEnd` once, when the principal's session is ended or its token expires.
   * Returns what stops the watch.
   */
  watch(principal: Principal, onEnd: (end: SessionEnd) => void): () => void;
}

/** A token may have been found good just before its session ended, and be watched just after. */
const rememberMs = 60_000;

export function createLiveSessions({ bus, clock }: { bus: Bus; clock: Clock }): LiveSessions {
  const recentlyEnded = new Map<string, SessionEnd>();
  const watchers = new Map<string, Set<(end: SessionEnd) => void>>();

  bus.subscribe((signal) => {
    if (signal.type !== "session.ended") return;
    recentlyEnded.set(signal.sessionId, signal.end);
    clock.after(rememberMs, () => recentlyEnded.delete(signal.sessionId));
    for (const tell of [...(watchers.get(signal.sessionId) ?? [])]) tell(signal.end);
  });

  return {
    watch(principal, onEnd) {
      let cancelTimer = () => {};
      const stop = () => {
        cancelTimer();
        const ofSession = watchers.get(principal.sessionId);
        ofSession?.delete(tell);
        if (ofSession?.size === 0) watchers.delete(principal.sessionId);
      };
      const tell = (end: SessionEnd) => {
        stop();
        onEnd(end);
      };
      const waitForExpiry = () => {
        const left = principal.expiresAt - clock.now();
        cancelTimer = clock.after(left, () =>
          // A renewal may have moved it meanwhile.
          principal.expiresAt > clock.now() ? waitForExpiry() : tell("ended"),
        );
      };
      waitForExpiry();
      const ofSession = watchers.get(principal.sessionId) ?? new Set();
      ofSession.add(tell);
      watchers.set(principal.sessionId, ofSession);
      const earlier = recentlyEnded.get(principal.sessionId);
      if (earlier) queueMicrotask(() => ofSession.has(tell) && tell(earlier));
      return stop;
    },
  };
}
