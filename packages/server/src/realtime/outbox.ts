import type { Duplex } from "node:stream";
import { limits } from "@causerie/shared";
import type { Clock } from "../lib/clock.ts";
import { addFrame, joinRun, type FrameRun } from "./frame-run.ts";
import { createHeldItems, type HeldItems } from "./held-items.ts";
import { createProgress } from "./progress.ts";
import type { Turn } from "./turn.ts";

/**
 * What waits to be sent on one socket. The frames of a turn go out in one write, and what the
 * peer does not take is bounded.
 */
export interface Outbox {
  /** Sends a whole frame at the end of the turn. One that other sockets get too is `shared`. */
  send(frame: Buffer, shared: boolean): void;
  /** Sends a frame that may be lost: while much is unsent, the latest with its key waits. @see Sink */
  sendEphemeral(key: string, frame: Buffer, onLost: () => void): void;
  /** Writes what this turn has brought so far. */
  flush(): void;
  unsentBytes(): number;
  /** Whether less than half of what is allowed waits on an open socket. */
  hasRoom(): boolean;
  /** Resolves when there is room, or the socket has ended. A reader that takes nothing meanwhile is too slow. */
  room(): Promise<void>;
}

export interface OutboxOptions {
  /** What the socket writes to. */
  readonly stream: Duplex;
  readonly turn: Turn;
  readonly clock: Clock;
  /** Whether frames may still be written. */
  readonly isOpen: () => boolean;
  /** The peer does not keep up. */
  readonly onTooSlow: () => void;
}

const halfFull = limits.outboxBytes / 2;
/** Beyond so many bytes, ephemeral frames are dropped. */
const heldBytes = 64 * 1024;
/**
 * A reader that takes nothing for so long while its outbox is half full is too slow. The system tells
 * what it sent a third of its buffer at a time: to a steady reader on a slow link, more than a mebibyte.
 */
const stallMs = 20_000;

export function createOutbox({ stream, turn, clock, isOpen, onTooSlow }: OutboxOptions): Outbox {
  let run: FrameRun | undefined;
  let held: HeldItems<Buffer> | undefined;
  let waiting: Promise<void> | undefined;

  const unsent = () => stream.writableLength + (run ? run.bytes : 0);
  const hasRoom = () => isOpen() && unsent() <= halfFull;

  function flush(): void {
    if (!run) return;
    const due = run;
    run = undefined;
    if (isOpen()) stream.write(joinRun(due));
  }

  function send(frame: Buffer, shared: boolean): void {
    if (!isOpen()) return;
    if (unsent() > limits.outboxBytes) {
      // What the system takes at once was never unsent.
      flush();
      if (stream.writableLength > limits.outboxBytes) {
        onTooSlow();
        return;
      }
    }
    if (!run) turn.atEnd(flush);
    run = addFrame(run ?? turn.start(), frame, shared);
  }

  /** Resolves when there is room, or the stream has closed. All who wait share one wait. */
  function untilRoom(): Promise<void> {
    flush();
    if (hasRoom() || stream.closed) return Promise.resolve();
    waiting ??= new Promise((resolve) => {
      const done = () => {
        stream.off("drain", done).off("close", done);
        waiting = undefined;
        resolve();
      };
      // More than half full is more than a stream buffers before it tells when it is empty.
      stream.on("drain", done).on("close", done);
    });
    return waiting;
  }

  async function releaseHeld(from: HeldItems<Buffer>): Promise<void> {
    do {
      await untilRoom();
      while (hasRoom() && from.size() > 0) send(from.take() as Buffer, false);
    } while (from.size() > 0 && !stream.closed);
    held = undefined;
    from.askAgain();
  }

  return {
    send,

    sendEphemeral(key, frame, onLost) {
      if (!isOpen()) return;
      if (!held && hasRoom()) {
        send(frame, true);
        return;
      }
      if (!held) {
        held = createHeldItems({ capacity: heldBytes, sizeOf: ({ length }) => length });
        void releaseHeld(held);
      }
      held.hold(key, frame, onLost);
    },

    flush,
    unsentBytes: () => unsent() + (held?.size() ?? 0),
    hasRoom,

    async room() {
      const room = untilRoom();
      if (room !== waiting) return;
      const progress = createProgress(stream);
      let cancel = clock.after(stallMs, look);
      function look(): void {
        if (progress.look() === "stalled") onTooSlow();
        else cancel = clock.after(stallMs, look);
      }
      await room;
      cancel();
    },
  };
}
