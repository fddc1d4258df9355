import type { Duplex } from "node:stream";

/** Whether a peer takes what is sent to it. */
export interface Progress {
  /**
   * What has happened since the last look. `moving`: the peer has taken something of what waited then;
   * `stalled`: nothing of it; `idle`: nothing waited.
   */
  look(): "idle" | "moving" | "stalled";
}

/**
 * Looks at a network socket. What the system takes at once says nothing of the peer, but while some
 * waits, the system takes more only as the peer makes room.
 */
export function createProgress(stream: Duplex): Progress {
  let taken = bytesTaken(stream);
  let isBehind = stream.writableLength > 0;

  return {
    look() {
      const [wasBehind, before] = [isBehind, taken];
      isBehind = stream.writableLength > 0;
      if (!wasBehind && !isBehind) return "idle";
      taken = bytesTaken(stream);
      if (!wasBehind) return "idle";
      return taken === before ? "stalled" : "moving";
    },
  };
}

interface Handle {
  readonly bytesWritten: number;
  readonly writeQueueSize: number;
}

/**
 * A write counts whole in `writableLength` until it ends, and whole in `bytesWritten` from its
 * start: only the handle knows how far it has come.
 */
function bytesTaken(stream: Duplex): number {
  const { _handle: handle } = stream as { readonly _handle?: Handle | null };
  return handle ? handle.bytesWritten - handle.writeQueueSize : 0;
}
