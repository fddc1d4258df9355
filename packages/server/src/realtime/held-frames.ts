/**
 * Ephemeral frames that wait for room. Of those with the same key the latest counts; when there
 * are too many, the oldest are dropped: nothing depends on them.
 */
export interface HeldFrames {
  hold(key: string, frame: Buffer): void;
  bytes(): number;
  /** Takes out those that wait, oldest first, while `fits` says so. */
  release(fits: () => boolean, send: (frame: Buffer) => void): void;
}

const mostKeys = 256;
const mostBytes = 64 * 1024;

export function createHeldFrames(): HeldFrames {
  const frames = new Map<string, Buffer>();
  let bytes = 0;

  function drop(key: string): void {
    bytes -= frames.get(key)?.length ?? 0;
    frames.delete(key);
  }

  return {
    hold(key, frame) {
      drop(key);
      frames.set(key, frame);
      bytes += frame.length;
      for (const oldest of frames.keys()) {
        if (frames.size <= mostKeys && bytes <= mostBytes) return;
        drop(oldest);
      }
    },
    bytes: () => bytes,
    release(fits, send) {
      for (const [key, frame] of frames) {
        if (!fits()) return;
        drop(key);
        send(frame);
      }
    },
  };
}
