import type { ConnectionEvents } from "../connection/connection-events.ts";
import type { Link } from "../connection/link.ts";
import { CauserieError, toCauserieError } from "../errors.ts";
import type { Emitter } from "../lib/emitter.ts";
import { listen } from "../lib/listen.ts";
import { retryWait } from "../lib/retry-wait.ts";
import { createScope, type Scope } from "../lib/scope.ts";
import type { Clock } from "../platform/clock.ts";
import type { Bootstrap, ServerEvent } from "../types.ts";
import { isFeedEvent } from "./feed-events.ts";
import type { Feed, FeedResetReason, Outcome } from "./feed.ts";
import type { StreamListener, StreamRunner } from "./stream.ts";

export interface FeedDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly emitter: Emitter<ConnectionEvents>;
  /** Who is signed in, as far as that is known. */
  readonly userId: () => number | undefined;
  /** Where an app that keeps a state of its own goes on, and whose place that is. */
  readonly start?: { readonly cursor: string; readonly userId: number } | undefined;
}

/** How many items wait to be handled before the stream is stopped for a while. */
const mostWaiting = 1_000;

/** The stream on one link. It may have to start several times. */
interface Run {
  readonly link: Link;
  readonly listener: StreamListener;
  readonly scope: Scope;
  /** Undefined while there is no subscription. */
  start: Start | undefined;
  /** It starts again once all that waits is handled. */
  isPaused: boolean;
}
interface Start {
  isCaughtUp: boolean;
  hasItem: boolean;
  stop?: () => void;
}

/** The one event stream: items are handled one after another, whichever link they came by. */
export function createFeed(deps: FeedDeps): Feed & StreamRunner & { close(): void } {
  const { clock, random, emitter } = deps;
  const eventHandlers = new Set<Parameters<Feed["onEvent"]>[0]>();
  const outcomeHandlers = new Set<Parameters<Feed["onOutcome"]>[0]>();
  const heartbeatHandlers = new Set<() => void>();
  const life = createScope(clock);

  /**
   * The cursor of the last item whose handling has begun, which is where a stream goes on: handling always comes to an
   * end, and what comes later waits for it. So a handler may itself wait for the next connection.
   */
  let cursor = deps.start?.cursor;
  let owner = deps.start?.userId;
  /** Why there is no cursor. */
  let missing: FeedResetReason = "no_cursor";
  /** Grows when the place is forgotten: what began before is of no more use. */
  let era = 0;
  /** How many events were handed over since the client was last caught up. */
  let handedOver = 0;
  /** The next start belongs to a reset, and has no outcome of its own. */
  let followsReset = false;

  let run: Run | undefined;
  let waiting: (() => Promise<void>)[] = [];
  let isWorking = false;

  function forget(reason: FeedResetReason): void {
    cursor = undefined;
    missing = reason;
    handedOver = 0;
    followsReset = false;
    era += 1;
  }

  async function work(): Promise<void> {
    if (isWorking) return;
    isWorking = true;
    for (let job = waiting.shift(); job; job = waiting.shift()) await job();
    isWorking = false;
    if (run?.isPaused) begin(run);
  }

  function later(job: () => Promise<void>): void {
    waiting.push(job);
    void work();
  }

  // The stream

  function begin(on: Run): void {
    on.isPaused = cursor === undefined;
    if (cursor === undefined) return later(() => loadAfresh(on, missing));
    const start: Start = { isCaughtUp: false, hasItem: false };
    on.start = start;
    const request = { type: "subscription", path: "events.stream", input: { lastEventId: cursor } } as const;
    start.stop = on.link.subscribe(request, {
      onStarted: on.listener.onStarted,
      onItem(item, id) {
        if (!start.hasItem) on.listener.onFirstItem();
        start.hasItem = true;
        if (id !== undefined) receive(on, start, item as ServerEvent, id);
      },
      onEnd(error) {
        on.start = undefined;
        // A cursor that has just come with a snapshot is not to blame.
        if (error?.code !== "VALIDATION_FAILED" || followsReset) return on.listener.onEnded(error);
        forget("cursor_refused");
        begin(on);
      },
    });
  }

  function receive(on: Run, start: Start, event: ServerEvent, id: string): void {
    if (event.type === "reset") {
      pause(on);
      later(() => loadAfresh(on, event.reason));
    } else if (waiting.length < mostWaiting) {
      later(() => handle(on, start, event, id));
    } else {
      pause(on);
    }
  }

  function pause(on: Run): void {
    on.start?.stop?.();
    on.start = undefined;
    on.isPaused = true;
    on.listener.onPaused();
  }

  async function handle(on: Run, start: Start, event: ServerEvent, id: string): Promise<void> {
    cursor = id;
    emitter.emit("event", { event, cursor: id });
    if (event.type === "heartbeat") return beat(on, start);
    if (!isFeedEvent(event)) return;
    if (on.start !== start || !start.isCaughtUp) handedOver += 1;
    for (const handler of [...eventHandlers]) await succeeds("event_handler", () => handler(event, id));
  }

  /** All there was has been handed over. */
  async function beat(on: Run, start: Start): Promise<void> {
    if (!start.isCaughtUp) {
      start.isCaughtUp = true;
      const n = handedOver;
      if (!followsReset) await tell(n > 0 ? { outcome: "caught_up", n } : { outcome: "resumed" });
      followsReset = false;
      handedOver = 0;
      if (on.start === start) on.listener.onCaughtUp();
    }
    for (const handler of [...heartbeatHandlers]) await succeeds("heartbeat_handler", handler);
  }

  // Outcomes

  async function tell(outcome: Outcome): Promise<void> {
    const isReset = outcome.outcome === "reset";
    emitter.emit("resume", {
      outcome: outcome.outcome,
      n: outcome.outcome === "caught_up" ? outcome.n : 0,
      reason: isReset ? outcome.reason : undefined,
    });
    const told = era;
    for (const handler of [...outcomeHandlers]) {
      for (let failures = 0; !(await succeeds("outcome_handler", () => handler(outcome))); failures += 1) {
        // Without the snapshot the handler would go on with a state that is wrong.
        if (!isReset) break;
        await sleep(retryWait(failures, random), life);
        if (era !== told || !outcomeHandlers.has(handler)) break;
      }
    }
  }

  /** What was missed will not come. Until the snapshot is there, the old cursor has to lead here again. */
  async function loadAfresh(on: Run, reason: FeedResetReason): Promise<void> {
    const { scope } = on;
    for (let failures = 0; !scope.isOver(); failures += 1) {
      const request = { type: "query", path: "bootstrap", input: undefined } as const;
      const answer: unknown = await on.link.call(request).catch(toCauserieError);
      if (scope.isOver()) return;
      if (!(answer instanceof CauserieError)) {
        const snapshot = answer as Bootstrap;
        on.listener.onPaused();
        cursor = snapshot.cursor;
        owner = snapshot.user.id;
        handedOver = 0;
        followsReset = true;
        return tell({ outcome: "reset", reason, snapshot });
      }
      if (answer.code === "UNAUTHORIZED") {
        on.isPaused = false;
        return on.listener.onEnded(answer);
      }
      // The server itself has answered, so the connection is good.
      if (answer.code !== "NETWORK" && answer.code !== "BAD_RESPONSE") on.listener.onPaused();
      await sleep(retryWait(failures, random, answer.retryAfterMs), scope);
    }
  }

  async function succeeds(where: string, handler: () => void | Promise<void>): Promise<boolean> {
    try {
      await handler();
      return true;
    } catch (error) {
      emitter.report(where, error);
      return false;
    }
  }

  /** Ends with the scope. */
  function sleep(ms: number, scope: Scope): Promise<void> {
    return new Promise((resolve) => {
      const disown = scope.own(resolve);
      scope.after(ms, () => {
        disown();
        resolve();
      });
    });
  }

  return {
    run(link, listener, scope) {
      const user = deps.userId();
      if (user !== undefined && owner !== undefined && user !== owner) forget("other_user");
      const on: Run = { link, listener, scope, start: undefined, isPaused: false };
      run = on;
      scope.own(() => {
        on.start?.stop?.();
        on.start = undefined;
        run = undefined;
        // They come again.
        waiting = [];
      });
      begin(on);
    },
    onEvent: (handler) => listen(eventHandlers, handler),
    onOutcome: (handler) => listen(outcomeHandlers, handler),
    onHeartbeat: (handler) => listen(heartbeatHandlers, handler),
    close() {
      era += 1;
      life.end();
    },
  };
}
