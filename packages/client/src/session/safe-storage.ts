import type { StoredSession, TokenStorage } from "./token-storage.ts";

export interface SafeStorage {
  /** What is stored; what is held instead, while that cannot be told. */
  read(): Promise<StoredSession | undefined>;
  /** Stores it, or nothing. */
  write(session: StoredSession | undefined): Promise<void>;
  watch(listener: () => void): () => void;
}

/** The storage, one use after another. What fails is reported, and the session goes on with what it has `held`. */
export function createSafeStorage(
  storage: TokenStorage,
  held: () => StoredSession | undefined,
  onError: (cause: unknown) => void,
): SafeStorage {
  /** What it has is older than what is held, and a refresh token in it may be used up. */
  let outdated = false;
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = last.then(work);
    last = result;
    return result;
  }

  return {
    read: () =>
      inTurn(async () => {
        try {
          if (!outdated) return await storage.read();
        } catch (cause) {
          onError(cause);
        }
        return held();
      }),
    write: (session) =>
      inTurn(async () => {
        try {
          await (session ? storage.write(session) : storage.clear());
          outdated = false;
        } catch (cause) {
          outdated = true;
          onError(cause);
        }
      }),
    watch: (listener) =>
      storage.watch?.(() => {
        outdated = false;
        listener();
      }) ?? (() => {}),
  };
}
