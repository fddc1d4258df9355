import type { Bus, News, Signal } from "./bus.ts";

/** The bus of a single process: listeners are called at once. */
export function createMemoryBus(): Bus {
  const ringListeners = new Set<(news: News) => void>();
  const signalListeners = new Set<(signal: Signal) => void>();
  return {
    ring: (news) => ringListeners.forEach((listener) => listener(news)),
    onRing(listener) {
      ringListeners.add(listener);
      return () => ringListeners.delete(listener);
    },
    publish: (signal) => signalListeners.forEach((listener) => listener(signal)),
    subscribe(listener) {
      signalListeners.add(listener);
      return () => signalListeners.delete(listener);
    },
  };
}
