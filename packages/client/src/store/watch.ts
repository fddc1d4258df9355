import type { Connection } from "../connection/connection.ts";
import type { Link } from "../connection/link.ts";
import { retryWait } from "../lib/retry-wait.ts";
import type { Clock } from "../platform/clock.ts";
import type { Signals } from "../platform/platform.ts";
import type { WatchEvent } from "../types.ts";
import { isFinal } from "./retry.ts";

/** The one subscription to who is there and who types, for all that is on the screen. */
export interface Watch {
  /** What is wanted changed. */
  plan(): void;
  close(): void;
}

export interface WatchDeps {
  readonly connection: Pick<Connection, "onLink">;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly random: () => number;
  readonly report: (where: string, cause: unknown) => void;
  /** The latest last. */
  readonly wantedUsers: () => number[];
  readonly wantedConversations: () => number[];
  /** What the server tells; undefined when nothing is known any more. */
  readonly onEvent: (event: WatchEvent | undefined) => void;
}

interface Run {
  readonly asked: string;
  stop: () => void;
}

const gatherMs = 200;
const mostUsers = 200;
const mostConversations = 50;

export function createWatch(deps: WatchDeps): Watch {
  const { connection, clock, random, report, wantedUsers, wantedConversations, onEvent } = deps;
  let link: Link | undefined;
  let isHidden = false;
  /** What is being told, and what is to replace it. */
  let current: Run | undefined;
  let next: Run | undefined;
  let failures = 0;
  let cancel: (() => void) | undefined;

  function plan(ms = gatherMs): void {
    cancel ??= clock.after(ms, start);
  }

  /** A stream of its own takes one of the few requests that browsers allow at a time. */
  const isSpared = () => isHidden && link?.transport === "sse";

  function stop(): void {
    next?.stop();
    next = undefined;
    end();
  }

  function end(): void {
    current?.stop();
    if (current) onEvent(undefined);
    current = undefined;
  }

  function start(): void {
    cancel?.();
    cancel = undefined;
    const users = wantedUsers().slice(-mostUsers);
    const conversations = wantedConversations().slice(-mostConversations);
    if (isSpared() || users.length + conversations.length === 0) return stop();
    const input = { user_ids: users, conversation_ids: conversations };
    const asked = [users, conversations].map((ids) => [...ids].sort().join()).join(";");
    if (!link || (next ?? current)?.asked === asked) return;
    next?.stop();
    const run: Run = { asked, stop: () => undefined };
    next = run;
    run.stop = link.subscribe(
      { type: "subscription", path: "presence.watch", input },
      {
        onStarted: () => undefined,
        onItem(item) {
          // Its first item says what holds now.
          if (run === next) {
            current?.stop();
            [current, next, failures] = [run, undefined, 0];
          }
          onEvent(item as WatchEvent);
        },
        onEnd(error) {
          if (run === next) next = undefined;
          else end();
          if (error && isFinal(error)) return report("presence", error);
          cancel?.();
          cancel = undefined;
          plan(retryWait(failures, random, error?.retryAfterMs));
          failures += 1;
        },
      },
    );
  }

  const stopListening = connection.onLink((now) => {
    // What ran on a link that was lost is silent.
    stop();
    link = now;
    start();
  });
  const stopSignals = deps.signals.on((signal) => {
    if (signal !== "hidden" && signal !== "shown") return;
    isHidden = signal === "hidden";
    if (isSpared()) stop();
    else plan();
  });

  return {
    plan: () => plan(),
    close() {
      stopListening();
      stopSignals();
      stop();
      link = undefined;
    },
  };
}
