/** What the checker counts; all but the first two should be 0. */
export interface Counts {
  /** Sends that were acknowledged. */
  acknowledged: number;
  /** Sends that were refused. */
  refused: number;
  /** Acknowledged, or seen by somebody, and not stored under that `seq`. */
  lost: number;
  /** Stored twice, or seen twice by one reader. */
  doubled: number;
  /** Not in the order they were sent, or not seen in the order of `seq`. */
  misordered: number;
  /** A `seq` that is missing in a conversation. */
  gaps: number;
  /** Stored, and not seen by a reader who should have. */
  unseen: number;
  /** Seen by somebody who may not. */
  leaked: number;
  /** Refused, and yet stored; or stored, and sent by nobody. */
  phantom: number;
  /** The server ended by itself. */
  exits: number;
}

/** The counts, and a sentence for each thing that is wrong. */
export interface Verdict {
  readonly counts: Counts;
  readonly faults: readonly string[];
}

export function noCounts(): Counts {
  return {
    acknowledged: 0,
    refused: 0,
    lost: 0,
    doubled: 0,
    misordered: 0,
    gaps: 0,
    unseen: 0,
    leaked: 0,
    phantom: 0,
    exits: 0,
  };
}

/** What must not happen, in the order of the report. */
export const wrongs = [
  "lost",
  "doubled",
  "misordered",
  "gaps",
  "unseen",
  "leaked",
  "phantom",
  "exits",
] as const satisfies readonly (keyof Counts)[];
