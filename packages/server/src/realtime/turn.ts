import { emptyRun, type FrameRun } from "./frame-run.ts";

/** A turn of the event loop, at whose end sockets write what was sent on them meanwhile. */
export interface Turn {
  /** Where the run of frames of a socket begins. */
  start(): FrameRun;
  /** Runs `flush` when everything of this turn has been sent. */
  atEnd(flush: () => void): void;
}

export function createTurn(): Turn {
  let start = emptyRun();
  let flushes: (() => void)[] = [];

  function end(): void {
    const due = flushes;
    flushes = [];
    // The runs of the turn before are let go with their frames.
    start = emptyRun();
    for (const flush of due) flush();
  }

  return {
    start: () => start,
    atEnd(flush) {
      if (flushes.push(flush) === 1) setImmediate(end);
    },
  };
}
