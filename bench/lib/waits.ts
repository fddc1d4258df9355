/** The time from each moment to the next. */
export function gapsBetween(moments: readonly number[]): number[] {
  return moments.slice(1).map((moment, index) => moment - (moments[index] ?? moment));
}

/**
 * How long one waits at most for the end of the gap one comes in, but for the unluckiest `part` of all
 * who come at any moment.
 */
export function waitOf(gaps: readonly number[], part: number): number {
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  let [low, high] = [0, Math.max(0, ...gaps)];
  while (high - low > 0.01) {
    const wait = (low + high) / 2;
    const longer = gaps.reduce((sum, gap) => sum + Math.max(0, gap - wait), 0);
    if (longer > part * total) low = wait;
    else high = wait;
  }
  return high;
}
