import { createHeldItems } from "./held-items.ts";
import type { Run, Sink } from "./sink.ts";

export interface LiveIteratorOptions {
  /** Ends an iteration when it aborts. Who runs the stream stops it. */
  readonly signal?: AbortSignal | undefined;
  /** How many items may wait for an iterating reader before `send` is refused. */
  readonly capacity?: number;
}

const defaultCapacity = 1000;

/**
 * Iterates what a stream pushes. What comes faster than it is read waits here, up to the
 * capacity; what can wait is let through only when the reader has taken everything. What is
 * ephemeral comes last, of each key the latest.
 */
export function createLiveIterator<Item>(
  run: Run<Item>,
  { signal, capacity = defaultCapacity }: LiveIteratorOptions,
): AsyncIterator<Item, void> {
  let items: Item[] = [];
  let held = createHeld();
  let stop: (() => void) | undefined;
  let isOver = false;
  let failure: { readonly error: unknown } | undefined;
  /** Resolves when an item came, or the end. */
  let arrived = createSignal();
  /** Resolves when the reader wants more. */
  let wanted = createSignal();

  function createHeld() {
    return createHeldItems<Item>({ capacity, sizeOf: () => 1 });
  }

  const sink: Sink<Item> = {
    send(item) {
      if (isOver || items.length >= capacity) return false;
      items.push(item);
      arrived.raise();
      return true;
    },
    sendEphemeral(key, item, onLost) {
      if (isOver) return;
      held.hold(key, item, onLost);
      arrived.raise();
    },
    hasRoom: () => items.length === 0,
    room: () => wanted.raised,
    end(error) {
      if (error !== undefined) failure = { error };
      finish();
    },
  };

  function finish(): void {
    if (isOver) return;
    isOver = true;
    signal?.removeEventListener("abort", abandon);
    stop?.();
    arrived.raise();
    wanted.raise();
  }

  /** Ends it for a reader that has gone. */
  function abandon(): void {
    items = [];
    held = createHeld();
    finish();
  }

  function start(): void {
    signal?.addEventListener("abort", abandon);
    if (signal?.aborted) return abandon();
    try {
      stop = run(sink);
    } catch (error) {
      sink.end(error);
    }
    // It may have been over before it could be stopped.
    if (isOver) stop?.();
  }

  return {
    async next() {
      if (!stop && !isOver) start();
      while (items.length === 0 && held.size() === 0 && !isOver) {
        if (held.askAgain()) continue;
        arrived = createSignal();
        wanted.raise();
        await arrived.raised;
        wanted = createSignal();
      }
      const item = items.shift() ?? held.take();
      if (item !== undefined) return { done: false, value: item };
      if (!failure) return { done: true, value: undefined };
      const { error } = failure;
      failure = undefined;
      throw error;
    },

    async return() {
      abandon();
      failure = undefined;
      return { done: true, value: undefined };
    },
  };
}

function createSignal() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { raised: promise, raise: () => resolve() };
}
