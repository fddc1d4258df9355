/** Listeners of users, of whom each may have several. */
export interface Listeners<Listener> {
  /** Adds one. Returns what takes it away. */
  add(userId: number, listener: Listener): () => void;
  isEmpty(): boolean;
  /** The users who have any. */
  users(): Iterable<number>;
  forEach(tell: (listener: Listener) => void): void;
  forEachOf(userId: number, tell: (listener: Listener) => void): void;
}

export function createListeners<Listener>(): Listeners<Listener> {
  const byUser = new Map<number, Set<Listener>>();
  return {
    add(userId, listener) {
      const ofUser = byUser.get(userId) ?? new Set();
      byUser.set(userId, ofUser.add(listener));
      return () => {
        ofUser.delete(listener);
        if (ofUser.size === 0 && byUser.get(userId) === ofUser) byUser.delete(userId);
      };
    },
    isEmpty: () => byUser.size === 0,
    users: () => byUser.keys(),
    forEach(tell) {
      for (const ofUser of byUser.values()) for (const listener of ofUser) tell(listener);
    },
    forEachOf(userId, tell) {
      for (const listener of byUser.get(userId) ?? []) tell(listener);
    },
  };
}
