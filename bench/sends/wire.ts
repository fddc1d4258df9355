import type { RawSocket } from "../lib/raw-socket.ts";

/** How one server's clients speak. */
export interface Wire {
  /** Opens the socket of a user, ready to send and to receive. */
  open(user: number): Promise<RawSocket>;
  /** The frame that sends `content` to `receiver` under a key; `n` counts what one sender sent. */
  frame(message: Outgoing): Buffer;
  /** How many frames with the key there are: the delivery to both, and the answer where there is one. */
  readonly hearings: number;
  /** The id by which others know the user. */
  idOf(user: number): number;
}

export interface Outgoing {
  readonly receiver: number;
  readonly content: string;
  readonly key: string;
  readonly n: number;
}
