import type { Locks } from "./platform.ts";

/** Locks that bind whoever was handed this object: each name is a queue. */
export function createLocalLocks(): Locks {
  /** What the next one waits for. None of them fails. */
  const queues = new Map<string, Promise<void>>();

  return {
    areShared: false,
    hold: (name, work, signal) =>
      new Promise((resolve, reject) => {
        const giveUp = () => reject(signal?.reason as Error);
        signal?.addEventListener("abort", giveUp);
        if (signal?.aborted) giveUp();
        const turn = (queues.get(name) ?? Promise.resolve()).then(async () => {
          signal?.removeEventListener("abort", giveUp);
          if (!signal?.aborted) await Promise.resolve().then(work).then(resolve, reject);
          if (queues.get(name) === turn) queues.delete(name);
        });
        queues.set(name, turn);
      }),
  };
}
