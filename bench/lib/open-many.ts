/** More handshakes at once only wait for each other, and the kernel's queue is not endless. */
const atOnce = 50;

/** Opens `count` of something, some at once. */
export async function openMany<Opened>(
  count: number,
  open: (n: number) => Promise<Opened>,
): Promise<Opened[]> {
  const opened: Opened[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(atOnce, count) }, async () => {
      while (next < count) {
        const n = next;
        next += 1;
        opened[n] = await open(n);
      }
    }),
  );
  return opened;
}
