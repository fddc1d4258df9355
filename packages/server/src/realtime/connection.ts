import type { Duplex } from "node:stream";
import { connectionLimits, limits } from "@causerie/shared";
import type { WebSocket } from "ws";
import type { SessionEnd } from "../bus/bus.ts";
import type { Clock } from "../lib/clock.ts";
import { sessionEnded } from "../lib/domain-error.ts";
import type { DeliveryStats } from "./delivery-stats.ts";
import { createOutbox } from "./outbox.ts";
import { createProgress } from "./progress.ts";
import type { Sweep } from "./sweep.ts";
import { textFrame } from "./text-frame.ts";
import type { Turn } from "./turn.ts";

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
  /** Whose it is, once that is known. */
  userId(): number | undefined;
  /** Counts a call that was refused as one too many. Who goes on calling is closed. */
  countRefusal(): void;
  /** Knows of a call until it is answered: a socket that called too often is closed after that. */
  attend(call: Promise<unknown>): void;
  /** Says that the session ended, and refuses calls that are still on their way. */
  endSession(end: SessionEnd): void;
  /** Throws when the session has ended: for calls that were let in before and waited. */
  requireSession(): void;
  /** Hears of signs of life other than messages: a ping, a pong, or that the peer takes what waits. */
  onSignOfLife(hear: () => void): void;
  /** Whether calls are still taken. */
  isOpen(): boolean;
  /** Sends a text, at the end of the turn. A reader that does not keep up is closed, and can resume. */
  send(text: string): void;
  /** Sends a whole frame (`textFrame`), which other sockets may get too. */
  sendFrame(frame: Buffer): void;
  /**
   * Sends a whole frame that may be lost. While half of what is allowed is unsent, it waits, and of
   * those with the same key only the latest. @see Sink
   */
  sendEphemeral(key: string, frame: Buffer, onLost: () => void): void;
  unsentBytes(): number;
  close(code: number): void;
  /** Whether little enough is unsent for a replay to go on. */
  hasRoom(): boolean;
  /**
   * Waits while much is unsent, so that a replay goes at the reader's pace. A reader that
   * takes nothing for seconds is closed as too slow.
   */
  room(): Promise<void>;
}

/** What all connections share. */
export interface ConnectionDeps {
  readonly clock: Clock;
  readonly turn: Turn;
  /** Looks for signs of life. */
  readonly sweep: Sweep;
  readonly stats: DeliveryStats;
  /** After how many refused calls within a minute a socket is closed. */
  readonly refusals: number;
}

export interface ConnectionOptions {
  readonly id: string;
  readonly socket: WebSocket;
  /** What the socket writes to. */
  readonly stream: Duplex;
  readonly codes: ConnectionCodes;
  readonly seat: Seat;
  /** Hears with which code the server closes the socket, if it does. */
  readonly onClosing?: (code: number) => void;
}

/** After a close frame the peer has this long to answer before the socket is cut. */
const closeWaitMs = 2_000;

export function createConnection(deps: ConnectionDeps, options: ConnectionOptions): Connection {
  const { clock, turn, sweep, stats } = deps;
  const { id, socket, stream, codes, seat } = options;
  let open = true;
  let owner: number | undefined;
  let refusedAt: number[] | undefined;
  let isFlooding = false;
  let isSessionOver = false;
  let callsUnderWay = 0;
  let lifeAt = clock.now();
  let pingedAt: number | undefined;
  let hearSign = () => {};
  const progress = createProgress(stream);
  // What `ws` sends by itself is the answer to a close: after that nothing else may be sent.
  const mayWrite = () => open && socket.readyState === socket.OPEN;
  const outbox = createOutbox({ stream, turn, clock, isOpen: mayWrite, onTooSlow });

  function close(code: number): void {
    if (!open) return;
    outbox.flush();
    open = false;
    options.onClosing?.(code);
    socket.close(code);
    cutSoon();
  }

  function cutSoon(): void {
    clock.after(closeWaitMs, () => socket.terminate());
  }

  function onTooSlow(): void {
    if (!open) return;
    stats.slowReaders += 1;
    close(codes.tooSlow);
  }

  /** What was stored for a flooding peer before is answered first. */
  function closeIfFlooding(): void {
    if (isFlooding && callsUnderWay === 0) setImmediate(() => close(codes.flooding));
  }

  function endCall(): void {
    callsUnderWay -= 1;
    closeIfFlooding();
  }

  function noteLife(): void {
    lifeAt = clock.now();
    pingedAt = undefined;
  }

  function noteSign(): void {
    noteLife();
    hearSign();
  }

  /**
   * A silent peer is pinged; one that does not answer is gone. A ping waits behind what was sent
   * before it, so a peer that takes of that is alive as well.
   */
  function checkLife(): void {
    if (progress.look() === "moving") noteSign();
    const now = clock.now();
    if (pingedAt === undefined) {
      if (now - lifeAt < limits.pingMs) return;
      pingedAt = now;
      outbox.flush();
      socket.ping();
    } else if (now - pingedAt >= limits.pongWaitMs) {
      socket.terminate();
    }
  }

  const stopChecking = sweep.add(checkLife);
  socket.on("message", noteLife);
  socket.on("pong", noteSign);
  socket.on("ping", (data) => {
    noteSign();
    // Answers to pings count against the bound like everything else that is sent.
    if (outbox.unsentBytes() > limits.outboxBytes) return onTooSlow();
    outbox.flush();
    socket.pong(data);
  });
  // A broken frame must end this socket, not the process: ws closes it after this event.
  socket.on("error", () => {
    open = false;
    cutSoon();
  });
  socket.on("close", () => {
    open = false;
    stopChecking();
  });

  return {
    id,
    socket,
    subscriptions: 0,

    belongTo(userId) {
      const fits = seat.belongTo(userId);
      if (fits) owner = userId;
      else close(codes.tooMany);
      return fits;
    },
    userId: () => owner,

    countRefusal() {
      const now = clock.now();
      const recent = (refusedAt ?? []).filter((at) => at > now - connectionLimits.refusalsWithinMs);
      refusedAt = [...recent, now];
      if (isFlooding || refusedAt.length < deps.refusals) return;
      isFlooding = true;
      clock.after(closeWaitMs, () => close(codes.flooding));
      closeIfFlooding();
    },

    attend(call) {
      callsUnderWay += 1;
      call.then(endCall, endCall);
    },

    endSession(end) {
      isSessionOver = true;
      close(end === "account_deleted" ? codes.accountDeleted : codes.sessionEnded);
    },

    requireSession() {
      if (isSessionOver) throw sessionEnded();
    },

    onSignOfLife: (hear) => (hearSign = hear),
    isOpen: () => open && !isFlooding,
    send: (text) => outbox.send(textFrame(text), false),
    sendFrame: (frame) => outbox.send(frame, true),
    sendEphemeral: outbox.sendEphemeral,
    unsentBytes: outbox.unsentBytes,
    close,
    hasRoom: outbox.hasRoom,
    room: outbox.room,
  };
}
