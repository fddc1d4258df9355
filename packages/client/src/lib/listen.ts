/** Adds a listener; whoever listens twice is told twice. Returns what stops it. */
export function listen<Args extends unknown[], Result>(
  listeners: Set<(...args: Args) => Result>,
  listener: (...args: Args) => Result,
): () => boolean {
  const own = (...args: Args) => listener(...args);
  listeners.add(own);
  return () => listeners.delete(own);
}

/** Tells all listeners that have not been stopped meanwhile. One that fails does not stop the others. */
export function tell<Args extends unknown[]>(
  listeners: ReadonlySet<(...args: Args) => void>,
  onError: (error: unknown) => void,
  ...args: Args
): void {
  for (const listener of [...listeners]) {
    if (!listeners.has(listener)) continue;
    try {
      listener(...args);
    } catch (error) {
      onError(error);
    }
  }
}
