import type { Connection } from "../connection/connection.ts";
import type { Link } from "../connection/link.ts";
import { retryWait } from "../lib/retry-wait.ts";
import type { Clock } from "../platform/clock.ts";
import type { WatchEvent } from "../types.ts";
import { isFinal } from "./retry.ts";

/** The one subscription to who is there and who types, for all that is on the screen. */
export interface Watch {
  /** Asks to be told of a user or a conversation. Returns what ends that. */
  want(kind: WatchKind, id: number): () => void;
  /** Calls `listener` with what the server tells; with undefined when nothing is known any more. */
  onEvent(listener: (event: WatchEvent | undefined) => void): () => void;
  close(): void;
}

export type WatchKind = "user_ids" | "conversation_ids";

export interface WatchDeps {
  readonly connection: Pick<Connection, "onLink">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly report: (where: string, cause: unknown) => void;
}

const gatherMs = 200;
/** What one subscription may ask for. */
const most = { user_ids: 200, conversation_ids: 50 } as const;

export function createWatch({ connection, clock, random, report }: WatchDeps): Watch {
  /** How often each is wanted, the latest last. */
  const wanted = { user_ids: new Map<number, number>(), conversation_ids: new Map<number, number>() };
  const listeners = new Set<(event: WatchEvent | undefined) => void>();
  let link: Link | undefined;
  /** What is being told, and what is to replace it. */
  let current: Run | undefined;
  let next: Run | undefined;
  let failures = 0;
  let cancel: (() => void) | undefined;

  interface Run {
    readonly asked: string;
    stop: () => void;
  }

  function tell(event: WatchEvent | undefined): void {
    for (const listener of [...listeners]) listener(event);
  }

  function selection() {
    const latest = (kind: WatchKind) => [...wanted[kind].keys()].slice(-most[kind]).sort((a, b) => a - b);
    return { user_ids: latest("user_ids"), conversation_ids: latest("conversation_ids") };
  }

  function plan(ms: number): void {
    cancel ??= clock.after(ms, () => {
      cancel = undefined;
      start();
    });
  }

  function stop(): void {
    current?.stop();
    next?.stop();
    if (current) tell(undefined);
    current = next = undefined;
  }

  function start(): void {
    if (!link) return;
    const input = selection();
    const asked = JSON.stringify(input);
    if ((next ?? current)?.asked === asked) return;
    next?.stop();
    if (asked === JSON.stringify({ user_ids: [], conversation_ids: [] })) return stop();
    const run: Run = { asked, stop: () => undefined };
    next = run;
    run.stop = link.subscribe(
      { type: "subscription", path: "presence.watch", input },
      {
        onStarted: () => undefined,
        onItem(item) {
          // The first says what holds now.
          if (run === next) {
            current?.stop();
            [current, next, failures] = [run, undefined, 0];
          }
          tell(item as WatchEvent);
        },
        onEnd(error) {
          if (run === current) {
            current = undefined;
            tell(undefined);
          } else next = undefined;
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
    // What ran on a lost link is silent.
    link = undefined;
    stop();
    link = now;
    start();
  });

  return {
    want(kind, id) {
      const counts = wanted[kind];
      const count = counts.get(id) ?? 0;
      counts.delete(id);
      counts.set(id, count + 1);
      plan(gatherMs);
      return () => {
        const left = (counts.get(id) ?? 1) - 1;
        if (left > 0) counts.set(id, left);
        else counts.delete(id);
        plan(gatherMs);
      };
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      stopListening();
      cancel?.();
      stop();
      link = undefined;
    },
  };
}
