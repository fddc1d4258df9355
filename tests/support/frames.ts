import { once } from "node:events";
import { WebSocket } from "ws";

export type Frame = Record<string, unknown> & { readonly type?: string };

/** A raw socket that keeps every JSON frame it received, in order. */
export interface FrameSocket {
  readonly socket: WebSocket;
  readonly frames: Frame[];
  send(frame: unknown): void;
  /** The next frame that matches, among those that came since the last call or will come. */
  next(matches?: (frame: Frame) => boolean, withinMs?: number): Promise<Frame>;
  /** The close code. */
  closed(withinMs?: number): Promise<number>;
  close(): void;
}

/** A frame is JSON, but for tRPC's answer to a PING. */
function parse(text: string): Frame {
  return text === "PONG" ? { type: text } : (JSON.parse(text) as Frame);
}

/** Opens a socket and waits until it is open. */
export async function openFrames(
  url: string,
  options: { headers?: Record<string, string> } = {},
): Promise<FrameSocket> {
  const socket = new WebSocket(url, options);
  const frames: Frame[] = [];
  let read = 0;
  const closeCode = once(socket, "close").then(([code]) => code as number);
  let notify = () => {};
  socket.on("message", (data) => {
    frames.push(parse(String(data)));
    notify();
  });
  await once(socket, "open");

  return {
    socket,
    frames,
    send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    async next(matches = () => true, withinMs = 5000) {
      const deadline = Date.now() + withinMs;
      for (;;) {
        while (read < frames.length) {
          const frame = frames[read] as Frame;
          read += 1;
          if (matches(frame)) return frame;
        }
        const left = deadline - Date.now();
        if (left <= 0)
          throw new Error(`No such frame within ${withinMs} ms; received ${JSON.stringify(frames)}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          notify = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    async closed(withinMs = 5000) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`Still open after ${withinMs} ms`)), withinMs);
      });
      return await Promise.race([closeCode, late]).finally(() => clearTimeout(timer));
    },
    close: () => socket.close(),
  };
}
