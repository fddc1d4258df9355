import type { StoredSession, TokenStorage } from "./token-storage.ts";

/** Keeps the tokens until the page or the program ends. */
export function memoryStorage(initial?: StoredSession): TokenStorage {
  let kept = initial;
  return {
    read: () => kept,
    write: (session) => void (kept = session),
    clear: () => void (kept = undefined),
  };
}
