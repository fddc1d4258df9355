const firstMs = 1_000;
const mostMs = 30_000;

/**
 * How long to wait before what was refused in passing is tried again, after `failures` before this one: at least
 * `askedMs`, which the server asked for, and a random moment of a span that doubles each time.
 */
export function retryWait(failures: number, random: () => number, askedMs = 0): number {
  return askedMs + random() * Math.min(mostMs, firstMs * 2 ** failures);
}
