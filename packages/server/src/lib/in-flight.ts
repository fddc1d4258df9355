/** Counts work that a graceful stop has to wait for. */
export interface InFlight {
  /** Counts `work` until it settles. */
  track<Result>(work: Promise<Result>): Promise<Result>;
  /** How much is under way. */
  count(): number;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export function createInFlight(): InFlight {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    count: () => count,
    async track(work) {
      count += 1;
      try {
        return await work;
      } finally {
        count -= 1;
        if (count === 0) {
          for (const resolve of waiting) resolve();
          waiting = [];
        }
      }
    },
    async idle() {
      if (count > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}
