import type { Clock } from "./clock.ts";

/** What the client takes from where it runs. Each part can be handed in, and is for tests. */
export interface Platform {
  readonly clock: Clock;
  /** A random number from 0 up to, but without, 1. */
  readonly random: () => number;
  /** What calls and server-sent events go through. */
  readonly fetch: typeof globalThis.fetch;
  /** Undefined where there is none: then the client uses HTTP alone. */
  readonly WebSocket: typeof globalThis.WebSocket | undefined;
  readonly signals: Signals;
  readonly locks: Locks;
  /** What the tabs of one browser tell each other; messages do not come back to who posted them. */
  readonly openChannel: (name: string) => Channel;
}

/**
 * What a page or the system says: the page is in sight again (also by focus), out of sight, about to be stopped,
 * going on after a stop; there is a network, or none. None of it is believed without trying.
 */
export type Signal = "shown" | "hidden" | "frozen" | "resumed" | "network_there" | "no_network";

/** What the page tells of its network and of being seen. */
export interface Signals {
  /** Returns what stops listening. */
  on(listener: (signal: Signal) => void): () => void;
}

/** Lets one tab at a time do something. */
export interface Locks {
  /** Whether they bind other tabs: without Web Locks nothing does. */
  readonly areShared: boolean;
  /** Waits for the lock, runs `work` with it and gives it up. Rejects when `signal` aborts the wait. */
  hold<Result>(name: string, work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
}

/** Carries what one tab tells the others. */
export interface Channel {
  /** Tells the others. */
  post(message: unknown): void;
  /** Hears the others, until what it returns is called. */
  onMessage(listener: (message: unknown) => void): () => void;
  /** Neither tells nor hears any more. */
  close(): void;
}
