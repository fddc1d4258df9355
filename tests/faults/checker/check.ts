import { checkReaders } from "./check-readers.ts";
import { checkSends } from "./check-sends.ts";
import type { Blame, Evidence } from "./evidence.ts";
import { noCounts, type Verdict } from "./verdict.ts";

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
