/** Decides by chance, the same way each time for one seed, whatever else was decided before. */
export interface SeededChance {
  /** A number from 0 up to, but without, 1 that belongs to these words. */
  of(...words: readonly (string | number)[]): number;
}

export function createSeededChance(seed: number): SeededChance {
  return {
    of(...words) {
      // FNV-1a mixes the words, the rest spreads what differs in their last bits over all.
      let hash = 0x811c9dc5 ^ seed;
      for (const char of words.join("\n")) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
      hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
      return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
    },
  };
}
