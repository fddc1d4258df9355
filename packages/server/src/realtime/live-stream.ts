import { createLiveIterator } from "./live-iterator.ts";

/** Takes the items of a stream, in order and at once. */
export interface Sink<Item> {
  /** False when the item was not taken: the reader fell behind. */
  send(item: Item): boolean;
  /** An item that may be lost: while there is no room, the latest with its key waits. */
  sendEphemeral(key: string, item: Item): void;
  /** Whether what can wait, such as a replay, should go on. */
  hasRoom(): boolean;
  /** Resolves when there is room, or nobody listens any more. */
  room(): Promise<void>;
  /** The stream is over, with `error` when it failed. Nothing may follow. */
  end(error?: unknown): void;
}

/** Starts handing items to `sink`, and returns what stops it. Throws when it cannot start. */
export type Run<Item> = (sink: Sink<Item>) => () => void;

const runKey = Symbol("run");

/**
 * A stream that can be read in two ways: sockets `run` it, which costs neither promises nor a
 * queue per reader; everybody else iterates.
 */
export interface LiveStream<Item> extends AsyncIterable<Item, void> {
  readonly [runKey]: Run<Item>;
}

export interface LiveStreamOptions {
  /** Ends an iteration when it aborts. Who runs the stream stops it. */
  readonly signal?: AbortSignal | undefined;
  /** How many items may wait for an iterating reader before `send` is refused. */
  readonly capacity?: number;
}

export function createLiveStream<Item>(run: Run<Item>, options: LiveStreamOptions = {}): LiveStream<Item> {
  return {
    [runKey]: run,
    [Symbol.asyncIterator]: () => createLiveIterator(run, options),
  };
}

export function isLiveStream(value: unknown): value is LiveStream<unknown> {
  return typeof value === "object" && value !== null && runKey in value;
}

/** Hands the items of `stream` to `sink`. Returns what stops it. */
export function runLive<Item>(stream: LiveStream<Item>, sink: Sink<Item>): () => void {
  return stream[runKey](sink);
}

/** The stream with every item changed. */
export function mapLive<From, To>(
  stream: LiveStream<From>,
  change: (item: From) => To,
  options: LiveStreamOptions = {},
): LiveStream<To> {
  return createLiveStream(
    (sink) =>
      runLive(stream, {
        send: (item) => sink.send(change(item)),
        sendEphemeral: (key, item) => sink.sendEphemeral(key, change(item)),
        hasRoom: sink.hasRoom,
        room: sink.room,
        end: sink.end,
      }),
    options,
  );
}
