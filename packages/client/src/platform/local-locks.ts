import type { Locks } from "./platform.ts";

/** Locks that bind whoever was handed this object: each name is a queue. */
export function createLocalLocks(): Locks {
  /** What the next one waits for. */
  const queues = new Map<string, Promise<void>>();

  return {
    areShared: false,
    async hold(name, work, signal) {
      const before = queues.get(name) ?? Promise.resolve();
      let release = () => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      // Whoever gives up the wait leaves the queue only when those before have.
      const after = before.then(() => released);
      queues.set(name, after);
      void after.then(() => {
        if (queues.get(name) === after) queues.delete(name);
      });
      try {
        await unlessAborted(before, signal);
        return await work();
      } finally {
        release();
      }
    },
  };
}

async function unlessAborted(wait: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return wait;
  let abort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error);
  });
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  await Promise.race([aborted, wait]).finally(() => signal.removeEventListener("abort", abort));
}
