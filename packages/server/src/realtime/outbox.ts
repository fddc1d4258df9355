import type { Duplex } from "node:stream";
import { limits } from "@causerie/shared";
import type { Clock } from "../lib/clock.ts";
import { addFrame, joinRun, type FrameRun } from "./frame-run.ts";
import { createHeldFrames, type HeldFrames } from "./held-frames.ts";
import type { Turn } from "./turn.ts";

/**
 * What waits to be sent on one socket. The frames of a turn go out in one write, and what the
 * peer does not take is bounded.
 */
export interface Outbox {
  /** Sends a whole frame at the end of the turn. One that other sockets get too is `shared`. */
  send(frame: Buffer, shared: boolean): void;
  /** Sends a frame that may be lost: while much is unsent, the latest with its key waits. */
  sendEphemeral(key: string, frame: Buffer): void;
  /** Writes what this turn has brought so far. */
  flush(): void;
  unsentBytes(): number;
  /** Whether less than half of what is allowed waits on an open socket. */
  hasRoom(): boolean;
  /** Resolves when there is room, or the socket has ended: a reader that takes nothing is too slow. */
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
/** How long a reader may take nothing while its outbox is half full. */
const stallMs = 3_000;

export function createOutbox({ stream, turn, clock, isOpen, onTooSlow }: OutboxOptions): Outbox {
  let run: FrameRun | undefined;
  let held: HeldFrames | undefined;

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

  function releaseHeld(): void {
    held?.release(hasRoom, (frame) => send(frame, false));
    if (held?.bytes() === 0) held = undefined;
    else waitForDrain(releaseHeld);
  }

  /** More than half full is more than a stream buffers before it tells when it is empty. */
  function waitForDrain(then: () => void): void {
    flush();
    if (hasRoom()) setImmediate(then);
    else if (isOpen()) stream.once("drain", then);
  }

  return {
    send,

    sendEphemeral(key, frame) {
      if (!isOpen()) return;
      if (!held && hasRoom()) {
        send(frame, true);
        return;
      }
      if (!held) {
        held = createHeldFrames();
        waitForDrain(releaseHeld);
      }
      held.hold(key, frame);
    },

    flush,
    unsentBytes: () => unsent() + (held?.bytes() ?? 0),
    hasRoom,

    async room() {
      flush();
      if (hasRoom() || stream.closed) return;
      await new Promise<void>((resolve) => {
        const cancel = clock.after(stallMs, onTooSlow);
        const done = () => {
          cancel();
          stream.off("drain", done).off("close", done);
          resolve();
        };
        stream.on("drain", done).on("close", done);
      });
    },
  };
}
