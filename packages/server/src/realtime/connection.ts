import { setTimeout as delay } from "node:timers/promises";
import { connectionLimits, limits } from "@causerie/shared";
import type { WebSocket } from "ws";
import type { SessionEnd } from "../bus/bus.ts";
import type { Clock } from "../lib/clock.ts";

/** The close codes a kind of socket uses; the seed's sockets know fewer than `/trpc`. */
export interface ConnectionCodes {
  readonly sessionEnded: number;
  readonly accountDeleted: number;
  readonly tooSlow: number;
  readonly tooMany: number;
  readonly flooding: number;
}

/** The socket's place among all others. */
interface Seat {
  belongTo(userId: number): boolean;
}

/** One socket: bounded in what it holds unsent, watched for signs of life. */
export interface Connection {
  readonly id: string;
  readonly socket: WebSocket;
  /** Subscriptions running on it. */
  subscriptions: number;
  /** Says whose socket it is. False, and closed, when that user has too many of its kind. */
  belongTo(userId: number): boolean;
  /** Counts a call that was refused as one too many. Who goes on calling is closed. */
  countRefusal(): void;
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
  readonly seat: Seat;
  /** After how many refused calls within a minute the socket is closed. */
  readonly refusals: number;
  /** Hears with which code the server closes the socket, if it does. */
  readonly onClosing?: (code: number) => void;
}

/** After a close frame the peer has this long to answer before the socket is cut. */
const closeWaitMs = 2_000;
/** How long a reader of a subscription may take nothing while its outbox is half full. */
const stallMs = 3_000;
const roomCheckMs = 20;

export function createConnection(options: ConnectionOptions): Connection {
  const { id, socket, codes, clock, seat } = options;
  let open = true;
  let refusedAt: number[] = [];
  let cancelCheck = () => {};
  const write = socket.send.bind(socket);

  function close(code: number): void {
    if (!open) return;
    open = false;
    options.onClosing?.(code);
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

  function belongTo(userId: number): boolean {
    const fits = seat.belongTo(userId);
    if (!fits) close(codes.tooMany);
    return fits;
  }

  function countRefusal(): void {
    const now = clock.now();
    refusedAt = [...refusedAt.filter((at) => at > now - connectionLimits.refusalsWithinMs), now];
    // The refusal itself goes out first.
    if (refusedAt.length >= options.refusals) setImmediate(() => close(codes.flooding));
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
    belongTo,
    countRefusal,
    endSession: (end) => close(end === "account_deleted" ? codes.accountDeleted : codes.sessionEnded),
    isOpen: () => open,
    send,
    close,
    room,
  };
}
