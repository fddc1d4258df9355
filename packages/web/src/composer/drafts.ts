/** What was begun to be written, by conversation. It survives a reload of the tab, and is nobody else's. */
export interface Drafts {
  get(userId: number, conversationId: number): string;
  set(userId: number, conversationId: number, text: string): void;
  subscribe(listener: () => void): () => void;
}

/** Keeps drafts in `storage`; what does not fit there stays in memory. */
export function createDrafts(storage: Pick<Storage, "getItem" | "setItem" | "removeItem">): Drafts {
  const memory = new Map<string, string>();
  const listeners = new Set<() => void>();
  const keyOf = (userId: number, conversationId: number) => `causerie.draft.${userId}.${conversationId}`;

  return {
    get(userId, conversationId) {
      const key = keyOf(userId, conversationId);
      return memory.get(key) ?? storage.getItem(key) ?? "";
    },
    set(userId, conversationId, text) {
      const key = keyOf(userId, conversationId);
      memory.set(key, text);
      try {
        if (text === "") storage.removeItem(key);
        else storage.setItem(key, text);
      } catch (cause) {
        // The storage is full: the draft lasts as long as the page.
        if (!(cause instanceof DOMException)) throw cause;
      }
      listeners.forEach((listener) => listener());
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
