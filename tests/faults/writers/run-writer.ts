import { setTimeout as pause } from "node:timers/promises";
import { createOutbox, drainMs, type Outbox, type Writer, type WriterOptions } from "./outbox.ts";

/** What a writer knows of its own state. */
export interface Progress {
  readonly outbox: Outbox;
  /** Whether it was told to stop: then nothing new is sent. */
  stopping(): boolean;
  /** Whether it had time enough to learn what became of its sends. */
  late(): boolean;
}

/**
 * Lets a writer take turns until it is told to stop and the outcome of all its sends is known. A turn
 * returns false when the server could not be reached, and is tried again a little later.
 */
export function runWriter(options: WriterOptions, turn: (progress: Progress) => Promise<boolean>): Writer {
  const { name, random, over } = options;
  const outbox = createOutbox(options);
  let stopAt = Infinity;
  const stopping = () => stopAt < Infinity;
  const late = () => performance.now() > stopAt;

  async function run(): Promise<void> {
    while (!stopping() || outbox.pending.length > 0) {
      if (late()) throw new Error(`${name} never learnt of ${outbox.pending.length} sends.`);
      if (!(await turn({ outbox, stopping, late }))) await pause(20 + random.below(60));
    }
  }

  const running = run();
  // Who stops it hears of a failure.
  running.catch(() => undefined);
  over.addEventListener("abort", () => (stopAt = 0));
  return {
    stop() {
      stopAt = performance.now() + drainMs;
      return running;
    },
  };
}
