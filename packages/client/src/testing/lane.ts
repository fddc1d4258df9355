import type { Clock } from "../platform/clock.ts";
import type { Faults, Verdict } from "./faults.ts";
import type { Frost } from "./frost.ts";
import type { Passage } from "./passage.ts";

/** One direction of a connection, or of all that have no order among them. */
export interface Lane {
  /** Judges what is to pass, and calls `arrive` with the verdict when its time has come. */
  push(passage: Passage, arrive: (verdict: Verdict) => void): void;
  /** The same for what is no passage of its own, but keeps its place among them: a beginning, an end. */
  follow(passage: Passage, arrive: () => void): void;
}

export interface LaneDeps {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly frost: Frost;
  /** What the passages' fates are drawn by. */
  readonly name: string;
  /** Whether one waits for the one before it, as on one connection. */
  readonly inOrder: boolean;
}

/** What nobody comes to overtake goes on after this time. */
const alonePatienceMs = 1_000;

export function createLane({ clock, faults, frost, name, inOrder }: LaneDeps): Lane {
  let count = 0;
  let last = Promise.resolve();
  const heldBack = new Set<() => void>();

  async function travel(passage: Passage, delayMs: number, before: Promise<void>, arrive: () => void) {
    await before;
    if (delayMs > 0) await new Promise<void>((resolve) => clock.after(delayMs, resolve));
    await frost.thawed(passage);
    arrive();
    for (const goOn of heldBack) goOn();
  }

  function enqueue(passage: Passage, delayMs: number, arrive: () => void): void {
    const arrived = travel(passage, delayMs, inOrder ? last : Promise.resolve(), arrive);
    last = arrived;
  }

  return {
    push(passage, arrive) {
      count += 1;
      const verdict = faults.judge(passage, name, count);
      if (!verdict.reorder) return enqueue(passage, verdict.delayMs, () => arrive(verdict));
      const goOn = () => {
        heldBack.delete(goOn);
        stopWaiting();
        arrive(verdict);
      };
      // It lets go of its place, and of whoever is still before it.
      const before = last;
      const stopWaiting = clock.after(
        alonePatienceMs,
        () => void before.then(() => heldBack.has(goOn) && goOn()),
      );
      void (inOrder ? before : Promise.resolve()).then(() => heldBack.add(goOn));
    },
    follow: (passage, arrive) => enqueue(passage, 0, arrive),
  };
}
