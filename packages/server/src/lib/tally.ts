/** Counts by a few words each. A count costs one look-up, and is read when somebody asks. */
export interface Tally {
  count(...words: string[]): void;
  /** `[words, count]`, as long as the words differ. */
  entries(): [words: string[], count: number][];
}

const separator = "\u0000";

export function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    count(...words) {
      const key = words.join(separator);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    entries: () => [...counts].map(([key, count]) => [key.split(separator), count]),
  };
}
