import { retryWait } from "../lib/retry-wait.ts";
import type { Clock } from "../platform/clock.ts";

/** Who has to wait after refusals. Conversations go by their keys; "" is the whole outbox. */
export interface Waits {
  /** Whether a message of the conversation may go out. */
  isFree(key: string): boolean;
  /** Refused in passing: waits, `retryAfterMs` if the server said so. `isOffline`: only because nothing came through. */
  refuse(key: string, retryAfterMs?: number | null, isOffline?: boolean): void;
  /** Everybody waits until the returned function is called. */
  block(): () => void;
  /** A message of the conversation was stored. */
  succeed(key: string): void;
  /** A message goes out. */
  start(): void;
  /** There is a new link: what did not come through may try again. */
  connect(): void;
  /** Nothing is queued any more. */
  empty(): void;
}

interface Wait {
  refusals: number;
  /** How many timers are running: the wall clock may be set, so no times are compared. */
  running: number;
  isOffline: boolean | undefined;
}

const gapsMs = { shortest: 125, longest: 1_000 };
const pace = "pace";

/** `wake` is called when somebody need not wait any more. */
export function createWaits(after: Clock["after"], random: () => number, wake: () => void): Waits {
  const waits = new Map<string, Wait>();
  let gapMs = 0;

  function waitOf(key: string): Wait {
    const wait = waits.get(key) ?? { refusals: 0, running: 0, isOffline: false };
    waits.set(key, wait);
    return wait;
  }

  function block(wait = waitOf("")): () => void {
    wait.running += 1;
    return () => {
      wait.running -= 1;
      wake();
    };
  }

  return {
    isFree: (key) => !["", pace, key].some((name) => waits.get(name)?.running),
    refuse(key, retryAfterMs, isOffline) {
      const wait = waitOf(key);
      wait.isOffline = isOffline;
      // Several messages are under way at once: what they are refused with together is one refusal.
      if (!wait.running) {
        wait.refusals += 1;
        if (!key) gapMs = Math.min(gapMs * 2 || gapsMs.shortest, gapsMs.longest);
      }
      const isAsked = retryAfterMs != null;
      after(retryWait(isAsked ? 0 : wait.refusals, random, retryAfterMs ?? 0), block(wait));
    },
    block: () => block(),
    succeed(key) {
      waitOf("").refusals = 0;
      waits.delete(key);
    },
    start() {
      if (gapMs) after(gapMs, block(waitOf(pace)));
    },
    connect() {
      for (const [key, { isOffline }] of waits) if (isOffline) waits.delete(key);
    },
    empty() {
      gapMs = 0;
    },
  };
}
