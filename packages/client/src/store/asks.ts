import { toCauserieError } from "../errors.ts";
import type { Clock } from "../platform/clock.ts";
import { isFinal, type Retry } from "./retry.ts";

/** Questions about single conversations: gathered for a second, then asked one at a time. */
export interface Asks {
  /** Asks about a conversation, once more if that is being done. */
  want(id: number): void;
  clear(): void;
}

export interface AsksDeps {
  readonly clock: Clock;
  readonly retry: Retry;
  readonly ask: (id: number) => Promise<void>;
  /** There is no such conversation for this user. */
  readonly onGone: (id: number) => void;
}

const gatherMs = 1_000;

export function createAsks({ clock, retry, ask, onGone }: AsksDeps): Asks {
  const wanted = new Set<number>();
  let isBusy = false;

  async function work(): Promise<void> {
    let failures = 0;
    // What is wanted meanwhile is visited too.
    for (const id of wanted) {
      wanted.delete(id);
      try {
        await ask(id);
        failures = 0;
      } catch (cause) {
        const error = toCauserieError(cause);
        if (isFinal(error)) onGone(id);
        else {
          wanted.add(id);
          await retry.pause(failures, error);
          failures += 1;
        }
      }
    }
    isBusy = false;
  }

  return {
    want(id) {
      wanted.add(id);
      if (isBusy) return;
      isBusy = true;
      clock.after(gatherMs, () => void work());
    },
    clear: () => wanted.clear(),
  };
}
