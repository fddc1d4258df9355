/** Takes the items of a stream, in order and at once. */
export interface Sink<Item> {
  /** False when the item was not taken: the reader fell behind. */
  send(item: Item): boolean;
  /**
   * An item that may be lost: while there is no room, the latest with its key waits. When too many
   * wait, they are dropped, and `onLost` is called once there is room: it says what holds now.
   * It must not throw.
   */
  sendEphemeral(key: string, item: Item, onLost: () => void): void;
  /** Whether what can wait, such as a replay, should go on. */
  hasRoom(): boolean;
  /** Resolves when there is room, or nobody listens any more. */
  room(): Promise<void>;
  /** The stream is over, with `error` when it failed. Nothing may follow. */
  end(error?: unknown): void;
}

/** Starts handing items to `sink`, and returns what stops it. Throws when it cannot start. */
export type Run<Item> = (sink: Sink<Item>) => () => void;
