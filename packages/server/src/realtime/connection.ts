import { setTimeout as delay } from "node:timers/promises";
import { limits } from "@causerie/shared";
import type { WebSocket } from "ws";
import type { SessionEnd } from "../bus/bus.ts";
import type { Clock } from "../lib/clock.ts";

/** The close codes a kind of socket uses; the seed's sockets know fewer than `/trpc`. */
export interface ConnectionCodes {
  readonly sessionEnded: number;
  readonly accountDeleted: number;
  readonly tooSlow: number;
}

/** One socket: bounded in what it holds unsent, watched for signs of life. */
export interface Connection {
  readonly id: string;
  readonly socket: WebSocket;
  /** Subscriptions running on it. */
  subscriptions: number;
  /** Says that the session ended, and refuses calls that are still on their way. */
  endSession(end: SessionEnd): void;
  /** Whether calls are still taken. */
  isOpen(): boolean;
  /** Sends a text frame, or closes the socket when too much is unsent. */
  send(frame: string): void;
  close(code: number): void;
  /**
   * Waits while much is unsent, so that a replay goes at the reader's pace. A reader that
   * takes nothing for seconds is closed as too slow.
   */
  room(): Promise<void>;
}

export interface ConnectionOptions {
  readonly id: string;
  readonly socket: WebSocket;
  readonly codes: ConnectionCodes;
  readonly clock: Clock;
}

/** After a close frame the peer has this long to answer before the socket is cut. */
const closeWaitMs = 2_000;
/** How long a reader of a subscription may take nothing while its outbox is half full. */
const stallMs = 3_000;
const roomCheckMs = 20;

export function createConnection({ id, socket, codes, clock }: ConnectionOptions): Connection {
  let open = true;
  let cancelCheck = () => {};
  const write = socket.send.bind(socket);

  function close(code: number): void {
    if (!open) return;
    open = false;
    socket.close(code);
    cutSoon();
  }

  function cutSoon(): void {
    clock.after(closeWaitMs, () => socket.terminate());
  }

  /** Whether more may be sent: a reader that does not keep up is closed, and can resume. */
  function hasRoom(): boolean {
    if (open && socket.bufferedAmount > limits.outboxBytes) close(codes.tooSlow);
    return open;
  }

  function send(data: string): void {
    if (hasRoom()) write(data);
  }

  async function room(): Promise<void> {
    const deadline = clock.now() + stallMs;
    while (open && socket.bufferedAmount > limits.outboxBytes / 2) {
      if (clock.now() > deadline) close(codes.tooSlow);
      else await delay(roomCheckMs, undefined, { ref: false });
    }
  }

  function expectLife(): void {
    cancelCheck();
    cancelCheck = clock.after(limits.pingMs, () => {
      socket.ping();
      cancelCheck = clock.after(limits.pongWaitMs, () => socket.terminate());
    });
  }

  // tRPC's adapter sends through the socket itself, so the bound has to sit there.
  socket.send = send as WebSocket["send"];
  // Answers to pings count against the bound like everything else that is sent.
  socket.on("ping", (data) => {
    if (hasRoom()) socket.pong(data);
  });
  socket.on("pong", expectLife);
  socket.on("message", expectLife);
  // A broken frame must end this socket, not the process: ws closes it after this event.
  socket.on("error", () => {
    open = false;
    cutSoon();
  });
  socket.on("close", () => {
    open = false;
    cancelCheck();
  });
  expectLife();

  return {
    id,
    socket,
    subscriptions: 0,
    endSession: (end) => close(end === "account_deleted" ? codes.accountDeleted : codes.sessionEnded),
    isOpen: () => open,
    send,
    close,
    room,
  };
}
