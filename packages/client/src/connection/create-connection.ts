import { toCauserieError, type CauserieError } from "../errors.ts";
import type { StreamRunner } from "../feed/stream.ts";
import type { Emitter } from "../lib/emitter.ts";
import { listen } from "../lib/listen.ts";
import { createScope, type Scope } from "../lib/scope.ts";
import type { Clock } from "../platform/clock.ts";
import type { Signal, Signals } from "../platform/platform.ts";
import type { AuthLostReason, Session } from "../session/session.ts";
import { createBackoff } from "./backoff.ts";
import { isAnswer, meaningOf } from "./closing.ts";
import type { ConnectionEvents, ProbeCause } from "./connection-events.ts";
import type { ConnectionState } from "./connection-state.ts";
import type { Connection } from "./connection.ts";
import { createLines, type Line, type LineListener } from "./line.ts";
import type { Link, Loss, OpenLink, Transport } from "./link.ts";
import { renewSocket } from "./renew-socket.ts";
import { createSuccessor } from "./successor.ts";
import { timings, type Timings } from "./timings.ts";

export interface ConnectionDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly signals: Signals;
  readonly session: Session;
  /** Without `websocket` the client uses HTTP alone. */
  readonly links: { readonly websocket: OpenLink | undefined; readonly sse: OpenLink };
  readonly feed: StreamRunner;
  readonly emitter: Emitter<ConnectionEvents>;
  readonly timings?: Partial<Timings>;
}

type Step = Extract<ConnectionState, { phase: unknown }>["phase"] | "online";

/**
 * The state machine of `docs/protocol/sdk.md`. The numbers in brackets are the rows of its table of transitions.
 *
 * What a step of the way waits for lives in the scope `here`, what belongs to a link in the scope of its line: each is
 * thrown away as a whole, so nothing of an earlier attempt is ever heard again.
 */
export function createConnection(deps: ConnectionDeps): Connection {
  const { clock, random, session, links, emitter } = deps;
  const times: Timings = { ...timings, ...deps.timings };
  const backoff = createBackoff(clock, random, times.spans);
  const firstChoice: Transport = links.websocket ? "websocket" : "sse";
  const linkListeners = new Set<(link: Link | undefined) => void>();

  let state = atRest();

  /** Where we are on the way; undefined when at rest. Attempts without a network take it in silence. */
  let step: Step | undefined;
  let here = newScope();
  let line: Line | undefined;
  let announced: Link | undefined;

  let kind: "connecting" | "reconnecting" = "connecting";
  let attempt = 0;
  let nextAt = 0;
  let lastError: CauserieError | null = null;
  /** False when the app has let it go; undefined when nobody has asked. */
  let isWanted: boolean | undefined;
  let isHidden = false;
  let hasNoNetwork = false;
  let limitedUntil = 0;

  /** A token that the server did not take, and whether the one after it is being tried. */
  let refused: string | undefined;
  let isSecondTry = false;
  let newest: string | undefined;

  let inUse = firstChoice;
  let preferred = firstChoice;
  let suspects = 0;

  const lines = createLines({
    ...deps,
    timings: times,
    newScope,
    onLimited: (ms) => (limitedUntil = Math.max(limitedUntil, clock.now() + ms)),
  });
  const listener: LineListener = {
    onOpen: lines.run,
    onStreaming,
    onFirstItem: (on) => use(on.transport),
    onCaughtUp,
    onEnded,
    onStale: reopen,
  };
  const successor = createSuccessor({
    ...deps,
    timings: times,
    lines,
    online: () => (step === "online" ? here : undefined),
    onMove: () => line?.live?.end(),
    onTakeOver(made) {
      const old = line;
      line = made;
      made.listener = listener;
      old?.scope.end();
      use(made.transport);
    },
    onInVain(tried, hasMoved) {
      if (hasMoved) return begin();
      if (inUse !== firstChoice) successor.attemptLater();
      if (tried === "websocket") renew();
    },
  });

  function newScope(): Scope {
    return createScope(clock, {
      // Hidden pages are woken once a minute at most.
      atMostMs: () => (isHidden ? times.silence : times.late),
      onLate: () => wake("late_timer"),
    });
  }

  // Where we are

  function show(next: ConnectionState): void {
    const previous = state;
    // Errors are told apart by their codes.
    if (JSON.stringify(previous) !== JSON.stringify(next)) {
      state = next;
      emitter.emit("state", { ...next, previous: previous.state });
    }
    const usable = isStreaming() ? line?.link : undefined;
    if (usable === announced) return;
    announced = usable;
    for (const listener of [...linkListeners]) listener(usable);
  }

  function moveTo(next: Step | undefined): void {
    here.end();
    here = newScope();
    step = next;
  }

  function enter(phase: Exclude<Step, "online">, retryAt: number | null = null): void {
    moveTo(phase);
    const isSilent = isOffline("no_network") && (phase === "refreshing" || phase === "opening");
    if (!isSilent) show({ state: kind, phase, attempt, retryAt, lastError });
  }

  /** Lets go of everything. [8, 9, 12, 17, 22, 24, 25, 28] */
  function rest(next: ConnectionState): void {
    moveTo(undefined);
    hangUp();
    show(next);
  }

  function hangUp(): void {
    const gone = line;
    line = undefined;
    successor.drop();
    gone?.scope.end();
  }

  /** Where a client is that nobody has asked for a connection. */
  function atRest(): ConnectionState {
    const lost = session.lost();
    return lost ? { state: "auth_lost", reason: lost } : { state: "offline", reason: "idle" };
  }

  function isStreaming(): boolean {
    return step === "catching_up" || step === "online";
  }

  function isOffline(reason: "idle" | "no_network" | "suspended"): boolean {
    return state.state === "offline" && state.reason === reason;
  }

  // Attempts

  /** From nothing, at once. [1, 26] */
  function start(): void {
    if (session.lost()) return rest(atRest());
    kind = "connecting";
    attempt = 0;
    lastError = null;
    refused = undefined;
    isSecondTry = false;
    const when = backoff.drawAfresh(0);
    if (when > clock.now()) wait(when);
    else begin();
  }

  function wait(when: number): void {
    // [17, and what 18 and 20 end with]
    if (hasNoNetwork) {
      rest({ state: "offline", reason: "no_network" });
      here.after(times.slowCheck * (1 + random()), begin);
      return;
    }
    nextAt = when;
    enter("waiting", when);
    here.after(when - clock.now(), begin);
  }

  /** The wait ends sooner. [15, 16] */
  function waitLess(spanMs: number): void {
    attempt = 0;
    wait(Math.min(nextAt, backoff.drawAfresh(spanMs)));
  }

  /** [14, 20] */
  function begin(): void {
    const kept = line;
    if (kept) {
      enter("opening");
      giveUpLater(kept);
      return lines.run(kept);
    }
    enter(refused === undefined && !session.isStale() ? "opening" : "refreshing");
    here.after(times.call, () => notRefreshed());
    const user = session.userId();
    session.token(refused).then(
      here.only((token) => {
        // It may be the token of who was signed in before.
        if (user !== undefined && user !== session.userId()) begin();
        else open(preferred, token);
      }),
      here.only(notRefreshed),
    );
  }

  /** [11] */
  function open(transport: Transport, token: string | undefined): void {
    refused = undefined;
    newest = token;
    enter("opening");
    line = lines.dial(transport, token, listener);
    giveUpLater(line);
  }

  function giveUpLater(on: Line): void {
    here.after(times.open, () => {
      on.isDead = true;
      onEnded(on, { transport: on.transport, error: toCauserieError() });
    });
  }

  /** [12, 13] */
  function notRefreshed(reason?: unknown): void {
    const error = toCauserieError(reason);
    if (error.code === "UNAUTHORIZED") return loseSession("session_ended");
    backoff.hold(error.retryAfterMs ?? 0);
    waitAfter({ transport: preferred, error }, attempt + 1, backoff.spanOf(attempt + 1));
  }

  /** The wait before attempt `next`, in a span of `spanMs`. */
  function waitAfter(loss: Loss, next: number, spanMs: number, fromMs = 0): void {
    lastError = loss.error;
    const when = backoff.draw(spanMs, fromMs);
    tellFailed(loss, when);
    attempt = next;
    wait(when);
  }

  /** An attempt that did not reach the stream is told of, unless it is made in silence. */
  function tellFailed({ transport, code, status, error }: Loss, retryAt?: number): void {
    if ((step !== "refreshing" && step !== "opening") || state.state === "offline") return;
    const seen = status ?? error.status;
    emitter.emit("attempt_failed", {
      attempt,
      transport,
      code: error.code,
      status: seen,
      closeCode: code,
      retryAt,
    });
  }

  // What becomes of the line

  /** [2, 5, 20] */
  function onStreaming(): void {
    hasNoNetwork = false;
    if (step !== "catching_up") enter("catching_up");
    renew();
  }

  /** [4, 27] */
  function onCaughtUp(on: Line): void {
    kind = "reconnecting";
    lastError = null;
    isSecondTry = false;
    moveTo("online");
    show({ state: "online", transport: on.transport });
    here.after(times.stable, () => {
      attempt = 0;
      on.isStable = true;
    });
    if (inUse === firstChoice) successor.forgive();
    else successor.attemptLater();
    renew();
  }

  function use(transport: Transport): void {
    preferred = transport;
    if (transport !== inUse) emitter.emit("transport", { from: inUse, to: transport });
    inUse = transport;
  }

  /** A line is gone, could not be opened, or its stream is over while it `isOpen`. [3, 6, 7, 8, 9, 10, 12] */
  function onEnded(from: Line, loss: Loss, isOpen = false): void {
    const meaning = meaningOf(loss);
    const { transport, isStable } = from;
    const hasAnswered = isAnswer(loss);
    if (hasAnswered) hasNoNetwork = false;
    const isEarly = !from.isHeard || clock.now() - from.openedAt < times.open;
    if (transport === "websocket") suspects = isEarly && !isOpen && !hasAnswered ? suspects + 1 : 0;
    else if (!from.hasItem) preferred = firstChoice;

    // A later loss of the same connection counts.
    from.isStable = false;
    if (isOpen && meaning.duty === "reconnect") {
      from.live?.end();
      successor.drop();
    } else hangUp();
    if (isStreaming()) kind = "reconnecting";

    if (meaning.duty === "give_up") {
      tellFailed(loss);
      if (meaning.reason === "account_gone") return loseSession("account_gone");
      return rest({ state: "closed", reason: meaning.reason });
    }
    if (meaning.duty === "sign_in_again") {
      // A session in a cookie has nothing to refresh.
      if (isSecondTry || from.token === undefined) {
        tellFailed(loss);
        return loseSession("session_ended");
      }
      refused = from.token;
      isSecondTry = true;
      return waitAfter(loss, attempt, backoff.spanOf(0));
    }
    backoff.hold(Math.max(meaning.holdMs ?? 0, loss.code === 4429 ? limitedUntil - clock.now() : 0));
    // It was kept for the stream to start again: the wait goes on.
    if (step === "waiting") return wait(Math.max(nextAt, backoff.drawAfresh(0)));
    if (suspects >= 2 && transport === "websocket") {
      if (step === "opening") {
        tellFailed(loss);
        return open("sse", newest);
      }
      // It was open, as those of others were: all of them must not come back at once.
      preferred = "sse";
    }
    const counted = isStable || meaning.isRestart ? attempt : attempt + 1;
    const next = Math.max(counted, meaning.least ?? 0);
    if (meaning.isRestart && next === 0) waitAfter(loss, 0, 5_000, 1_000);
    else waitAfter(loss, next, backoff.spanOf(next));
  }

  /** A new line at once, as this one is of no more use. */
  function reopen(): void {
    kind = "reconnecting";
    hangUp();
    begin();
  }

  // The session

  /** A socket is told of a new token; a stream over SSE is opened with it. */
  function renew(): void {
    if (!line || !isStreaming()) return;
    if (line.transport === "websocket") {
      renewSocket(line, { newest: () => newest, random, onForeign: reopen });
    } else if (newest !== line.token) successor.attempt("sse");
  }

  function loseSession(reason: Exclude<AuthLostReason, "no_credentials">): void {
    const known = session.lost();
    rest({ state: "auth_lost", reason: known ?? reason });
    if (!known) session.end(reason).catch((error: unknown) => emitter.report("session", error));
  }

  const stopSession = session.onChange((change) => {
    if (change.type === "renewed") {
      newest = change.token;
      renew();
    } else if (change.type === "lost") {
      // [25]
      if (state.state !== "closed") rest({ state: "auth_lost", reason: change.reason });
    } else if (state.state === "auth_lost") {
      // [26]
      if (isWanted) start();
      else rest(atRest());
    } else if (line?.userId !== undefined && line.userId !== change.userId) {
      reopen();
    }
  });

  // What the system says

  function wake(cause: ProbeCause): void {
    if (isStreaming()) (successor.line()?.pulse ?? line?.pulse)?.wake(cause);
  }

  const onSignal: { readonly [Name in Signal]: () => void } = {
    hidden() {
      isHidden = true;
    },
    shown() {
      isHidden = false;
      // [20]
      if (isOffline("no_network") && step === undefined) begin();
      else goOn("shown");
    },
    resumed: () => goOn("resumed"),
    network_there() {
      hasNoNetwork = false;
      // [16, 19, 21]
      if (step === "waiting") return waitLess(backoff.spanOf(0));
      if (isOffline("no_network")) {
        moveTo(undefined);
        hangUp();
        attempt = 0;
        return wait(backoff.drawAfresh(backoff.spanOf(0)));
      }
      wake("network_there");
      if (inUse !== firstChoice) successor.attempt("websocket");
    },
    no_network() {
      hasNoNetwork = true;
      // [17, 18]
      if (step === "waiting") wait(nextAt);
      else wake("no_network");
    },
    // [22]
    frozen() {
      if (step === undefined && !isOffline("no_network")) return;
      hasNoNetwork = false;
      rest({ state: "offline", reason: "suspended" });
    },
  };

  /** [15, 21, 23] */
  function goOn(cause: "shown" | "resumed"): void {
    if (step === "waiting") waitLess(times.wakeSpread);
    else if (isOffline("suspended")) {
      kind = "reconnecting";
      wait(backoff.drawAfresh(times.wakeSpread));
    } else wake(cause);
  }

  const stopSignals = deps.signals.on((signal) => onSignal[signal]());

  return {
    getSnapshot: () => state,
    subscribe: (listener) => emitter.on("state", listener),
    connect() {
      isWanted = true;
      const isClosed = state.state === "closed" && state.reason !== "by_app";
      if (isClosed || isOffline("idle")) start();
    },
    want() {
      isWanted ??= true;
      if (isWanted && isOffline("idle")) start();
    },
    // [24]
    disconnect() {
      isWanted = false;
      if (state.state !== "closed" && state.state !== "auth_lost") rest(atRest());
    },
    // [28]
    close() {
      stopSignals();
      stopSession();
      rest({ state: "closed", reason: "by_app" });
    },
    link: () => announced,
    onLink(listener) {
      if (announced) listener(announced);
      return listen(linkListeners, listener);
    },
  };
}
