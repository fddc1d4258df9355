/**
 * Frames that follow each other on a socket within a turn. Runs that begin alike are one
 * object: sockets that get the same frames share the run, and the buffer it is joined into.
 */
export interface FrameRun {
  readonly before: FrameRun | undefined;
  readonly frame: Buffer;
  readonly count: number;
  readonly bytes: number;
  /** The run that was made last by adding a frame to this one. */
  latest: FrameRun | undefined;
  /** All of them, once they are more than one. */
  others: Map<Buffer, FrameRun> | undefined;
  joined: Buffer | undefined;
}

/** A run without frames, from which those of a turn grow. */
export function emptyRun(): FrameRun {
  return runOf(undefined, Buffer.alloc(0), 0, 0);
}

/** The run with one more frame. Of a `shared` one there is one run, whoever asks. */
export function addFrame(run: FrameRun, frame: Buffer, shared: boolean): FrameRun {
  if (!shared) return extend(run, frame);
  const { latest } = run;
  if (latest?.frame === frame) return latest;
  const known = run.others?.get(frame);
  if (known) return known;
  const longer = extend(run, frame);
  run.latest = longer;
  if (latest) (run.others ??= new Map([[latest.frame, latest]])).set(frame, longer);
  return longer;
}

/** All frames of a run in one buffer, which is made once. */
export function joinRun(run: FrameRun): Buffer {
  if (run.count === 1) return run.frame;
  return (run.joined ??= Buffer.concat(framesOf(run), run.bytes));
}

function framesOf(run: FrameRun): Buffer[] {
  const frames = new Array<Buffer>(run.count);
  for (let at: FrameRun | undefined = run; at && at.count > 0; at = at.before)
    frames[at.count - 1] = at.frame;
  return frames;
}

function extend(run: FrameRun, frame: Buffer): FrameRun {
  return runOf(run, frame, run.count + 1, run.bytes + frame.length);
}

function runOf(before: FrameRun | undefined, frame: Buffer, count: number, bytes: number): FrameRun {
  return { before, frame, count, bytes, latest: undefined, others: undefined, joined: undefined };
}
