import type { Entry } from "../stage/history.ts";
import type { World } from "../stage/world.ts";
import { checkReaders, type Watched } from "./check-readers.ts";
import { checkSends } from "./check-sends.ts";
import type { Stored } from "./stored-messages.ts";
import { noCounts, type Counts, type Verdict } from "./verdict.ts";

/** Counts one wrong, and says what it was. */
export type Blame = (what: keyof Counts, sentence: string) => void;

export interface Evidence {
  readonly entries: readonly Entry[];
  readonly stored: Stored;
  readonly world: World;
  /** Who followed the events from the beginning to the end. */
  readonly readers: readonly Watched[];
  /** How the server ended when nobody told it to. */
  readonly exits: readonly string[];
}

/** Holds what was said and seen against what is stored. */
export function check(evidence: Evidence): Verdict {
  const counts = noCounts();
  const faults: string[] = [];
  const blame: Blame = (what, sentence) => {
    counts[what] += 1;
    faults.push(`${what}: ${sentence}`);
  };
  for (const exit of evidence.exits) blame("exits", exit);
  checkSends(evidence, counts, blame);
  checkReaders(evidence, blame);
  return { counts, faults };
}
