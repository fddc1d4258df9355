const firstMs = 500;
const mostMs = 30_000;

/**
 * How long to wait before trying to connect again, in milliseconds, after `failures` failures
 * in a row. The whole span is random, so that clients cut off together do not return together.
 */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  return random() * Math.min(mostMs, firstMs * 2 ** Math.max(0, failures - 1));
}
