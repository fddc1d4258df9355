/** Makes `count` things, so many at a time that a server's queue of new sockets does not overflow. */
export async function inBatches<Made>(
  count: number,
  make: (n: number) => Promise<Made>,
  size = 200,
): Promise<Made[]> {
  const made: Made[] = [];
  while (made.length < count) {
    const from = made.length;
    const batch = Array.from({ length: Math.min(size, count - from) }, (_, index) => make(from + index));
    made.push(...(await Promise.all(batch)));
  }
  return made;
}
