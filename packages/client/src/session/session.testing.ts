import type { Locks } from "../platform/platform.ts";
import { createVirtualClock } from "../testing/virtual-clock.ts";
import { CauserieError } from "../errors.ts";
import type { RefreshedTokens } from "../types.ts";
import { createSession, type SessionDeps } from "./create-session.ts";
import type { Session, SessionChange } from "./session.ts";
import type { StoredSession, TokenStorage } from "./token-storage.ts";

/** The life of the access tokens here, in seconds. */
export const lifetime = 1000;

/** The n-th tokens of somebody's session. */
export function tokensOf(n: number, user_id = 1) {
  return {
    access_token: `access-${user_id}-${n}`,
    refresh_token: `refresh-${user_id}-${n}`,
    token_type: "bearer" as const,
    expires_in: lifetime,
    user_id,
  };
}

export function storedOf(n: number, received_at: number, user_id = 1): StoredSession {
  return { ...tokensOf(n, user_id), received_at };
}

export const passing = (retryAfterMs?: number) =>
  new CauserieError("NETWORK", "No answer.", { retryAfterMs });
export const refusal = () => new CauserieError("UNAUTHORIZED", "Not valid.", { status: 401 });

/** Lets everything that waits for promises alone settle. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What the browser's tabs share: a storage that tells the other tabs of changes, as `localStorage` does. */
export function createSharedStorage(stored?: StoredSession) {
  let kept = stored;
  const listeners = new Set<() => void>();
  return {
    stored: () => kept,
    /** One tab's view. */
    open(): TokenStorage {
      let own: (() => void) | undefined;
      const changed = (next: StoredSession | undefined) => {
        kept = next;
        for (const listener of listeners) if (listener !== own) queueMicrotask(listener);
      };
      return {
        read: () => kept,
        write: changed,
        clear: () => changed(undefined),
        watch(listener) {
          own = listener;
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      };
    },
  };
}

/** Locks that bind all who have them. */
export function createSharedLocks(): Locks & { readonly waiting: (name: string) => number } {
  const queues = new Map<string, Promise<unknown>>();
  const waiting = new Map<string, number>();
  return {
    areShared: true,
    waiting: (name) => waiting.get(name) ?? 0,
    async hold(name, work, signal) {
      const before = queues.get(name) ?? Promise.resolve();
      const aborted = new Promise<never>((_, reject) => {
        signal?.addEventListener("abort", () => reject(new DOMException("Aborted", "AbortError")));
      });
      aborted.catch(() => undefined);
      waiting.set(name, (waiting.get(name) ?? 0) + 1);
      const turn = before.then(() => {
        waiting.set(name, (waiting.get(name) ?? 0) - 1);
        signal?.throwIfAborted();
        return work();
      });
      queues.set(
        name,
        turn.catch(() => undefined),
      );
      // What is held can no longer be aborted.
      return await Promise.race([turn, Promise.race([before, aborted]).then(() => turn)]);
    },
  };
}

export interface Call {
  readonly refresh_token: string;
  readonly attempt_id: string;
  answer(tokens: RefreshedTokens): void;
  fail(cause: unknown): void;
}

/** Sessions whose calls wait until the test answers them, on one clock. */
export function createBench(start?: number) {
  const clock = createVirtualClock(start);
  const refreshes: Call[] = [];
  const logouts: (string | undefined)[] = [];
  const storageErrors: unknown[] = [];
  const open: Session[] = [];

  return {
    clock,
    refreshes,
    logouts,
    storageErrors,
    /** The refresh that was called last, not answered yet. */
    async next(): Promise<Call> {
      await settled();
      const call = refreshes.at(-1);
      if (!call) throw new Error("Nothing was refreshed.");
      return call;
    },
    start(storage: TokenStorage, deps: Partial<SessionDeps> & { readonly random?: () => number } = {}) {
      const changes: SessionChange[] = [];
      const session = createSession({
        storage,
        serverKey: "chat.example.com",
        onStorageError: (cause) => storageErrors.push(cause),
        calls: {
          refresh: (input) => new Promise((answer, fail) => void refreshes.push({ ...input, answer, fail })),
          logout: async (token) => void logouts.push(token),
        },
        platform: {
          clock,
          random: deps.random ?? Math.random,
          locks: createSharedLocks(),
        },
        ...deps,
      });
      session.onChange((change) => changes.push(change));
      open.push(session);
      return { session, changes };
    },
    close: () => open.forEach((session) => session.close()),
  };
}
