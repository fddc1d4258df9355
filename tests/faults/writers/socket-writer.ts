import type { WebSocket } from "ws";
import type { Outbox, Send, Writer, WriterOptions } from "./outbox.ts";
import { runWriter } from "./run-writer.ts";

/** An open socket that sends can go over. */
export interface Line {
  readonly socket: WebSocket;
  readonly closed: Promise<unknown>;
  send(send: Send): void;
}

/** Opens one. `more` is to be called when something was answered and something else may go out. */
export type OpenLine = (outbox: Outbox, more: () => void) => Promise<Line | undefined>;

/** Sends over one socket, several at a time without waiting for answers, and over another when that is gone. */
export function startSocketWriter(options: WriterOptions, open: OpenLine): Writer {
  return runWriter(options, async ({ outbox, stopping, late }) => {
    let fill = () => {};
    const line = await open(outbox, () => fill());
    if (!line) return false;
    const { socket, closed, send } = line;
    fill = () => {
      if (socket.readyState !== socket.OPEN) return;
      while (!stopping() && outbox.pending.length < options.inFlight) send(outbox.next());
      if (stopping() && outbox.pending.length === 0) socket.close();
    };
    // What nobody knows of goes again first, in its order.
    for (const again of outbox.pending) send(again);
    fill();
    const tick = setInterval(() => {
      // A socket that says nothing any more is given up.
      if (late()) socket.terminate();
      fill();
    }, 50);
    await closed;
    clearInterval(tick);
    outbox.doubt();
    return true;
  });
}
