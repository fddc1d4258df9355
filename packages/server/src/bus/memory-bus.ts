import type { Bus, Signal } from "./bus.ts";

/** The bus of a single process: listeners are called at once. */
export function createMemoryBus(): Bus {
  const ringListeners = new Set<(head: number) => void>();
  const signalListeners = new Set<(signal: Signal) => void>();
  return {
    ring: (head) => ringListeners.forEach((listener) => listener(head)),
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
