import type { Clock } from "../platform/clock.ts";

/** Draws the moments of attempts out of spans that follow one another, so that clients cut off together come back apart. */
export interface Backoff {
  /** The length of the span of attempt `n`. */
  spanOf(n: number): number;
  /** A moment of the next span, `ms` long, which begins where the one before ends, or `fromMs` from now if that is later. */
  draw(ms: number, fromMs?: number): number;
  /** As `draw`, but of a span that begins now. */
  drawAfresh(ms: number): number;
  /** The server asked for a wait: no span begins before it is over. */
  hold(ms: number): void;
}

/** Timers hold no more; nobody waits for longer anyway. */
const longestHoldMs = 86_400_000;

export function createBackoff(clock: Clock, random: () => number, spans: readonly number[]): Backoff {
  let setAt = 0;
  let endsAt = 0;
  let heldUntil = 0;

  function draw(ms: number, fromMs = 0): number {
    const now = clock.now();
    // The clock was set back: what was noted is as good as forgotten.
    if (now < setAt) endsAt = heldUntil = 0;
    setAt = now;
    const begin = Math.max(now + fromMs, endsAt, heldUntil);
    endsAt = begin + ms;
    return Math.ceil(begin + random() * ms);
  }

  return {
    spanOf: (n) => spans[Math.min(n, spans.length - 1)] ?? 0,
    draw,
    drawAfresh(ms) {
      endsAt = 0;
      return draw(ms);
    },
    hold(ms) {
      setAt = clock.now();
      heldUntil = Math.max(heldUntil, setAt + Math.min(ms, longestHoldMs));
    },
  };
}
