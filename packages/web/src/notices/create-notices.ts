/** A short text that is shown for a moment. */
export interface Notice {
  readonly id: number;
  readonly text: string;
}

/** What is told in passing: that something was copied, or could not be done. */
export interface Notices {
  show(text: string): void;
  getSnapshot(): readonly Notice[];
  subscribe(listener: () => void): () => void;
}

const shownMs = 4_000;

export function createNotices(setTimer: (work: () => void, ms: number) => unknown = setTimeout): Notices {
  let notices: readonly Notice[] = [];
  let lastId = 0;
  const listeners = new Set<() => void>();

  function set(next: readonly Notice[]): void {
    notices = next;
    listeners.forEach((listener) => listener());
  }

  return {
    show(text) {
      const notice = { id: (lastId += 1), text };
      set([...notices.filter((other) => other.text !== text), notice].slice(-3));
      setTimer(() => set(notices.filter((other) => other !== notice)), shownMs);
    },
    getSnapshot: () => notices,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
