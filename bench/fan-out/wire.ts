import type { RawSocket } from "../lib/raw-socket.ts";

/** How one server's subscribers listen, and how its speaker speaks. */
export interface FanOutWire {
  subscribe(n: number): Promise<RawSocket>;
  speaker(): Promise<RawSocket>;
  /** What the speaker sends so that everybody hears `content`. */
  frame(content: string, n: number): Buffer;
}
