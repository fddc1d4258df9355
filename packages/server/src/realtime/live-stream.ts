import { createLiveIterator, type LiveIteratorOptions } from "./live-iterator.ts";
import type { Run, Sink } from "./sink.ts";

const runKey = Symbol("run");

/**
 * A stream that can be read in two ways: sockets `run` it, which costs neither promises nor a
 * queue per reader; everybody else iterates.
 */
export interface LiveStream<Item> extends AsyncIterable<Item, void> {
  readonly [runKey]: Run<Item>;
}

export function createLiveStream<Item>(run: Run<Item>, options: LiveIteratorOptions = {}): LiveStream<Item> {
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
  options: LiveIteratorOptions = {},
): LiveStream<To> {
  return createLiveStream(
    (sink) =>
      runLive(stream, {
        send: (item) => sink.send(change(item)),
        sendEphemeral: (key, item, onLost) => sink.sendEphemeral(key, change(item), onLost),
        hasRoom: sink.hasRoom,
        room: sink.room,
        end: sink.end,
      }),
    options,
  );
}
