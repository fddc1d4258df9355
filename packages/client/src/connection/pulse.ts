import type { Scope } from "../lib/scope.ts";
import type { Clock } from "../platform/clock.ts";
import type { ProbeCause } from "./connection-events.ts";
import type { Link } from "./link.ts";
import type { Timings } from "./timings.ts";

/** Watches whether a link is alive. */
export interface Pulse {
  /** Something arrived. */
  beat(): void;
  /** The device may have been away: asks for a sign of life; a stream that cannot be asked is given up if it was silent for long. */
  wake(cause: ProbeCause): void;
  /** Whether the server sends something from time to time, as it does while the event stream runs. */
  expect(isStreaming: boolean): void;
}

export interface PulseOptions {
  readonly clock: Clock;
  readonly timings: Timings;
  readonly link: Link;
  /** How long the pulse is watched. */
  readonly scope: Scope;
  readonly onProbed: (probe: { cause: ProbeCause; ok: boolean; ms: number }) => void;
  /** The link is as good as dead. `isStale`: it may not be, but a new stream tells sooner. */
  readonly onDead: (isStale: boolean) => void;
}

export function createPulse({ clock, timings, link, scope, onProbed, onDead }: PulseOptions): Pulse {
  const isSocket = link.transport === "websocket";
  let lastBeat = clock.now();
  let isStreaming = false;
  /** Set while a probe is under way: ends it. */
  let endProbe: ((ok: boolean) => void) | undefined;

  function probe(cause: ProbeCause): void {
    const begun = clock.now();
    const quiet = begun - lastBeat;
    // Less than nothing: the clock was set back.
    if (endProbe || (quiet >= 0 && quiet < 1_000)) return;
    let cancel: () => void;
    const ask = () => {
      // A late timer: the device slept meanwhile, and the answer may wait to be read.
      cancel = scope.after(timings.probe, (isLate) => (isLate ? ask() : endProbe?.(false)));
      link.ping();
    };
    endProbe = (ok) => {
      endProbe = undefined;
      cancel();
      onProbed({ cause, ok, ms: clock.now() - begun });
      if (!ok) onDead(false);
    };
    ask();
  }

  /** Looks again and again, so that a sleep is noticed soon after it. */
  function look(): void {
    const left = lastBeat + timings.silence - clock.now();
    scope.after(left > 0 ? Math.min(timings.late, left) : timings.late, (isLate) => {
      look();
      // A late timer has woken the connection: what arrived meanwhile may wait to be read.
      if (isLate || clock.now() - lastBeat < timings.silence) return;
      if (isStreaming) onDead(false);
      else if (isSocket) probe("silence");
    });
  }
  look();

  return {
    beat() {
      lastBeat = clock.now();
      endProbe?.(true);
    },
    wake(cause) {
      if (isSocket) probe(cause);
      else if (isStreaming && clock.now() - lastBeat > timings.sseSilence) onDead(true);
    },
    expect(streaming) {
      isStreaming = streaming;
      lastBeat = clock.now();
    },
  };
}
