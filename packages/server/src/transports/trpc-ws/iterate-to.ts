/** Where the items of an iteration go. */
export interface IterationTarget {
  push(item: unknown): boolean;
  /** Resolves when the reader keeps up. */
  room(): Promise<void>;
  end(error?: unknown): void;
  /** Aborted when nobody listens any more. */
  readonly leave: AbortController;
}

/** Fetches one item after another, at the pace of the reader. Returns what stops it. */
export function iterateTo(
  items: AsyncIterable<unknown>,
  { push, room, end, leave }: IterationTarget,
): () => void {
  let isStopped = false;
  void iterate().then(() => end(), end);
  return () => {
    isStopped = true;
    leave.abort();
  };

  async function iterate(): Promise<void> {
    for await (const item of items) {
      if (isStopped) return;
      push(item);
      await room();
      // Leaving the loop lets the iteration clean up.
      if (isStopped) return;
    }
  }
}
