import { toCauserieError } from "../errors.ts";
import type { StreamRunner } from "../feed/stream.ts";
import type { Emitter } from "../lib/emitter.ts";
import type { Scope } from "../lib/scope.ts";
import type { Clock } from "../platform/clock.ts";
import type { Session } from "../session/session.ts";
import type { ConnectionEvents } from "./connection-events.ts";
import { LinkRefused, type Link, type Loss, type OpenLink, type Transport } from "./link.ts";
import { createPulse, type Pulse } from "./pulse.ts";
import type { Timings } from "./timings.ts";
import { watchCalls } from "./watch-calls.ts";

/** A link that is being opened, or is open, with all that belongs to it: `scope` ends with it. */
export interface Line {
  readonly transport: Transport;
  readonly scope: Scope;
  /** Whose it is, if that was known when it was opened. */
  readonly userId: number | undefined;
  /** Who is told what becomes of it. */
  listener: LineListener;
  /** The token that the server knows it by. */
  token: string | undefined;
  /** When it was opened; before, when that began. */
  openedAt: number;
  /** Undefined until it is open. */
  link?: Link;
  /** The running event stream, and what watches it. */
  live?: Scope;
  pulse?: Pulse;
  isHeard?: boolean;
  /** Its stream has begun. */
  isStarted?: boolean;
  hasItem?: boolean;
  /** It has been online for so long that its loss is no failure. */
  isStable?: boolean;
  /** There is nobody left to shake hands with. */
  isDead?: boolean;
  isRenewing?: boolean;
}

/** What is told of a line while its scope lasts. */
export interface LineListener {
  onOpen(line: Line): void;
  /** Anything arrives. */
  onHeard?(line: Line): void;
  /** The stream has begun, or is paused: events are on their way. */
  onStreaming(line: Line, isPaused: boolean): void;
  onFirstItem(line: Line): void;
  onCaughtUp(line: Line): void;
  /** It could not be opened, or is gone; or its stream is over while it `isOpen`. */
  onEnded(line: Line, loss: Loss, isOpen?: boolean): void;
  /** It was silent while the device may have been away, and cannot be asked. */
  onStale(): void;
}

export interface LinesDeps {
  readonly clock: Clock;
  readonly timings: Timings;
  readonly links: { readonly websocket: OpenLink | undefined; readonly sse: OpenLink };
  readonly feed: StreamRunner;
  readonly session: Pick<Session, "userId">;
  readonly emitter: Emitter<ConnectionEvents>;
  readonly newScope: () => Scope;
  /** A call was answered with a wait. */
  readonly onLimited: (retryAfterMs: number) => void;
}

export interface Lines {
  dial(transport: Transport, token: string | undefined, listener: LineListener): Line;
  /** Starts the stream on an open line. */
  run(line: Line): void;
}

export function createLines(deps: LinesDeps): Lines {
  const { clock, timings, links, newScope } = deps;

  function dial(transport: Transport, token: string | undefined, listener: LineListener): Line {
    const scope = newScope();
    const abort = new AbortController();
    const line: Line = {
      transport,
      scope,
      listener,
      token,
      userId: deps.session.userId(),
      openedAt: clock.now(),
    };
    scope.own(() => {
      line.live?.end();
      if (line.link) line.link.close(line.isDead ? "cut" : 1000);
      else abort.abort();
    });
    const options = {
      token,
      onAlive: scope.only(() => {
        line.isHeard = true;
        line.pulse?.beat();
        line.listener.onHeard?.(line);
      }),
      onLost: scope.only((loss: Loss) => line.listener.onEnded(line, loss)),
    };
    const opened = ((transport === "websocket" && links.websocket) || links.sse)(options, abort.signal);
    opened.then(
      (link) => {
        if (scope.isOver()) return link.close(1000);
        line.openedAt = clock.now();
        line.link = watchCalls(link, {
          scope,
          slowMs: timings.slowCall,
          onSlow: () => line.pulse?.wake("slow_call"),
          onLimited: deps.onLimited,
        });
        line.listener.onOpen(line);
      },
      scope.only((error: unknown) => {
        const loss = error instanceof LinkRefused ? error.loss : { transport, error: toCauserieError(error) };
        line.listener.onEnded(line, loss);
      }),
    );
    return line;
  }

  function run(line: Line): void {
    const { link, transport } = line;
    if (!link) return;
    line.live?.end();
    const live = (line.live = newScope());
    const pulse = (line.pulse = createPulse({
      ...{ clock, timings, link, scope: live },
      onProbed: (probe) => deps.emitter.emit("probe", probe),
      onDead: (isStale) => (isStale ? line.listener.onStale() : die()),
    }));
    let giveUp: (() => void) | undefined;

    function die(): void {
      line.isDead = true;
      line.listener.onEnded(line, { transport, code: 1006, error: toCauserieError() });
    }

    deps.feed.run(
      link,
      {
        onStarted() {
          pulse.expect(true);
          giveUp = live.after(timings.firstItem, die);
          line.isStarted = true;
          line.listener.onStreaming(line, false);
        },
        onPaused() {
          pulse.expect(false);
          giveUp?.();
          line.listener.onStreaming(line, true);
        },
        onFirstItem() {
          giveUp?.();
          line.hasItem = true;
          line.listener.onFirstItem(line);
        },
        onCaughtUp: () => line.listener.onCaughtUp(line),
        onEnded: (error) => line.listener.onEnded(line, { transport, error: toCauserieError(error) }, true),
      },
      live,
    );
  }

  return { dial, run };
}
