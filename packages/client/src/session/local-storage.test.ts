import { afterEach, expect, test, vi } from "vitest";
import { localStorageStorage } from "./local-storage.ts";
import { storedOf } from "./session.testing.ts";

afterEach(() => void vi.unstubAllGlobals());

/** A page's global object, as far as it is used here. */
function stubPage(): EventTarget {
  const page = new EventTarget();
  const items = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  });
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  return page;
}

const change = (key: string | null) => Object.assign(new Event("storage"), { key });

test("keeps a session under its key until it is cleared", () => {
  stubPage();
  const storage = localStorageStorage({ key: "one" });
  expect(storage.read()).toBeUndefined();
  void storage.write(storedOf(1, 5));
  expect(storage.read()).toEqual(storedOf(1, 5));
  expect(localStorageStorage({ key: "another" }).read()).toBeUndefined();
  void storage.clear();
  expect(storage.read()).toBeUndefined();
});

test("hears of changes of its key and of the removal of all, until it is stopped", () => {
  const page = stubPage();
  let heard = 0;
  const stop = localStorageStorage({ key: "one" }).watch?.(() => (heard += 1));
  page.dispatchEvent(change("another"));
  expect(heard).toBe(0);
  page.dispatchEvent(change("one"));
  page.dispatchEvent(change(null));
  expect(heard).toBe(2);
  stop?.();
  page.dispatchEvent(change("one"));
  expect(heard).toBe(2);
});

test("fails when it is used, and not when it is made, where there is none", () => {
  vi.stubGlobal("localStorage", undefined);
  const storage = localStorageStorage({ key: "one" });
  expect(() => storage.read()).toThrow();
});
