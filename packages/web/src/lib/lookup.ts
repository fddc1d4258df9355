import { CauserieError } from "@causerie/client";

/** Things that are asked for by their id when they are shown, and then known. */
export interface Lookup<Value> {
  /** What is known: null when there is no such thing, undefined as long as nobody has answered. */
  get(id: number): Value | null | undefined;
  /** Calls `listener` when `get` of this id answers otherwise. Asks for what is not known. */
  subscribe(id: number, listener: () => void): () => void;
  /** Somebody has told: null when it is gone. */
  learn(id: number, value: Value | null): void;
}

const againMs = 5_000;

/** `ask` fails with `NOT_FOUND` when there is no such thing; what fails otherwise is asked again while it is shown. */
export function createLookup<Value>(
  ask: (id: number) => Promise<Value>,
  setTimer: (work: () => void, ms: number) => unknown = setTimeout,
): Lookup<Value> {
  const known = new Map<number, Value | null>();
  const listeners = new Map<number, Set<() => void>>();
  const asked = new Set<number>();

  function learn(id: number, value: Value | null): void {
    if (known.get(id) === value) return;
    known.set(id, value);
    listeners.get(id)?.forEach((listener) => listener());
  }

  function want(id: number): void {
    if (known.has(id) || asked.has(id) || !listeners.has(id)) return;
    asked.add(id);
    ask(id)
      .then(
        (value) => {
          // What was told meanwhile is newer.
          if (!known.has(id)) learn(id, value);
        },
        (cause: unknown) => {
          if (!(cause instanceof CauserieError)) throw cause;
          if (cause.code === "NOT_FOUND") learn(id, null);
          else setTimer(() => want(id), againMs);
        },
      )
      .finally(() => asked.delete(id));
  }

  return {
    get: (id) => known.get(id),
    learn,
    subscribe(id, listener) {
      const all = listeners.get(id) ?? new Set();
      listeners.set(id, all.add(listener));
      want(id);
      return () => {
        all.delete(listener);
        if (all.size === 0) listeners.delete(id);
      };
    },
  };
}
