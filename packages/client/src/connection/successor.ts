import type { Scope } from "../lib/scope.ts";
import type { Clock } from "../platform/clock.ts";
import type { Session } from "../session/session.ts";
import type { Line, LineListener, Lines } from "./line.ts";
import type { Transport } from "./link.ts";
import type { Timings } from "./timings.ts";

/** A second line, opened beside the first to take over from it: for the way back to WebSocket, and for a new token over SSE. */
export interface Successor {
  /** The second line, while there is one. */
  line(): Line | undefined;
  /** Opens one, unless there is one. */
  attempt(transport: Transport): void;
  /**
   * Tries WebSocket after a while: each time it was in vain, a longer one. A while that has begun goes on, as streams
   * that are opened anew for each token may be shorter.
   */
  attemptLater(): void;
  /** The next while is a short one. */
  forgive(): void;
  drop(): void;
}

export interface SuccessorDeps {
  readonly clock: Clock;
  readonly lines: Lines;
  readonly timings: Timings;
  readonly random: () => number;
  readonly session: Pick<Session, "token">;
  /** The scope of being online; undefined when that is not so. */
  readonly online: () => Scope | undefined;
  /** Never do two streams deliver at once: the stream of the first line ends here. */
  readonly onMove: () => void;
  /** The second line has caught up, or has to load afresh: it is the first from now on. */
  readonly onTakeOver: (line: Line) => void;
  /** It came to nothing. `hasMoved`: the first line has no stream any more. */
  readonly onInVain: (tried: Transport, hasMoved: boolean) => void;
}

export function createSuccessor(deps: SuccessorDeps): Successor {
  const { clock, lines, timings, random, online } = deps;
  let candidate: Line | undefined;
  let afterMs = timings.upgrade;
  let dueAt: number | undefined;
  let cancelLater: (() => void) | undefined;

  /** The stream moves once the line has shown that it works. */
  const listener: LineListener = {
    onOpen({ link, transport }) {
      if (transport === "sse") move();
      else link?.ping();
    },
    onHeard({ link, live }) {
      if (link && !live) move();
    },
    onStreaming(line, isPaused) {
      if (isPaused) takeOver(line).onStreaming(line, isPaused);
    },
    onFirstItem() {},
    onCaughtUp(line) {
      takeOver(line).onCaughtUp(line);
    },
    onEnded: ({ transport }) => inVain(transport),
    onStale: () => inVain("sse"),
  };

  function inVainUnless(line: Line, hasGoneOn: () => unknown): void {
    line.scope.after(timings.open, () => {
      if (line === candidate && !hasGoneOn()) inVain(line.transport);
    });
  }

  function move(): void {
    if (!candidate) return;
    const line = candidate;
    if (!online()) return inVain(line.transport);
    deps.onMove();
    lines.run(line);
    inVainUnless(line, () => line.isStarted);
  }

  function takeOver(line: Line): LineListener {
    candidate = undefined;
    deps.onTakeOver(line);
    return line.listener;
  }

  function inVain(tried: Transport): void {
    const hasMoved = candidate?.live !== undefined;
    drop();
    if (tried === "websocket") afterMs = Math.min(afterMs * 2, timings.upgradeAtMost);
    deps.onInVain(tried, hasMoved);
  }

  function drop(): void {
    const dropped = candidate;
    candidate = undefined;
    dropped?.scope.end();
  }

  function attempt(transport: Transport): void {
    const here = online();
    if (candidate || !here) return;
    deps.session.token().then(
      here.only((token) => {
        if (candidate) return;
        const line = lines.dial(transport, token, listener);
        candidate = line;
        inVainUnless(line, () => line.live);
      }),
      here.only(() => inVain(transport)),
    );
  }

  return {
    line: () => candidate,
    attempt,
    attemptLater() {
      cancelLater?.();
      dueAt ??= clock.now() + afterMs * (0.8 + 0.4 * random());
      cancelLater = online()?.after(Math.max(0, dueAt - clock.now()), () => {
        dueAt = undefined;
        attempt("websocket");
      });
    },
    forgive() {
      afterMs = timings.upgrade;
      dueAt = undefined;
    },
    drop,
  };
}
