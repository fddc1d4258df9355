import type { StoredSession, TokenStorage } from "./token-storage.ts";

interface Page {
  readonly localStorage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  addEventListener(type: "storage", listener: (event: StorageEvent) => void): void;
  removeEventListener(type: "storage", listener: (event: StorageEvent) => void): void;
}

/**
 * Keeps the tokens in `localStorage` under `key`, for all tabs and for the next visit. Every script of the page's
 * origin can read them there.
 */
export function localStorageStorage({ key }: { readonly key: string }): TokenStorage {
  // A page that may not use it fails at the access already: that belongs to the call, where failures are reported.
  const page = globalThis as unknown as Page;
  return {
    read() {
      const text = page.localStorage.getItem(key);
      return text === null ? undefined : (JSON.parse(text) as StoredSession);
    },
    write: (session) => page.localStorage.setItem(key, JSON.stringify(session)),
    clear: () => page.localStorage.removeItem(key),
    watch(listener) {
      // Without a key, all was removed.
      const heard = (event: StorageEvent) => {
        if (event.key === key || event.key === null) listener();
      };
      page.addEventListener("storage", heard);
      return () => page.removeEventListener("storage", heard);
    },
  };
}
