import { expect, test } from "vitest";
import { createPageSignals } from "./page-signals.ts";
import type { Signal } from "./platform.ts";

/** A real event target that knows the types that somebody listens to. */
class ListeningTarget extends EventTarget {
  readonly #listeners = new Map<unknown, Set<string>>();
  visibilityState = "visible";
  override addEventListener(...args: Parameters<EventTarget["addEventListener"]>): void {
    const [type, listener] = args;
    this.#listeners.set(listener, (this.#listeners.get(listener) ?? new Set()).add(type));
    super.addEventListener(...args);
  }
  override removeEventListener(...args: Parameters<EventTarget["removeEventListener"]>): void {
    const [type, listener] = args;
    this.#listeners.get(listener)?.delete(type);
    super.removeEventListener(...args);
  }
  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, types) => sum + types.size, 0);
  }
}

function createPage() {
  const document = new ListeningTarget();
  const page = Object.assign(new ListeningTarget(), { document });
  return { page, document, signals: createPageSignals(page) };
}

test("says what happens to a page and its network", () => {
  const { page, document, signals } = createPage();
  const heard: Signal[] = [];
  signals.on((signal) => heard.push(signal));

  document.visibilityState = "hidden";
  document.dispatchEvent(new Event("visibilitychange"));
  document.visibilityState = "visible";
  document.dispatchEvent(new Event("visibilitychange"));
  for (const type of ["freeze", "resume"]) document.dispatchEvent(new Event(type));
  for (const type of ["pagehide", "pageshow", "focus", "offline", "online"])
    page.dispatchEvent(new Event(type));

  expect(heard).toEqual([
    ...["hidden", "shown"],
    ...["frozen", "resumed"],
    ...["frozen", "shown", "shown", "no_network", "network_there"],
  ]);
});

test("listens to the page only while somebody listens", () => {
  const { page, document, signals } = createPage();
  const listening = () => [page.listeners, document.listeners];
  expect(listening()).toEqual([0, 0]);

  const heard: string[] = [];
  const stopFirst = signals.on(() => heard.push("first"));
  expect(listening()).toEqual([5, 3]);
  const stopSecond = signals.on(() => heard.push("second"));
  stopFirst();
  stopFirst();
  page.dispatchEvent(new Event("online"));
  expect(heard).toEqual(["second"]);
  stopSecond();
  expect(listening()).toEqual([0, 0]);
});

test("where there is no page it says nothing and stops without harm", () => {
  const signals = createPageSignals({});
  signals.on(() => expect.unreachable())();
});
