import type { StoredEvent } from "@causerie/shared";
import type { Bus } from "../bus/bus.ts";
import type { Logger } from "../lib/logger.ts";
import { nextTurn } from "../lib/next-turn.ts";
import { parseAudience } from "../log/audience.ts";
import type { LogEntry, LogReader } from "../log/log-reader.ts";

/** A stored event and its place in the log. */
export interface PlacedEvent {
  readonly position: number;
  readonly event: StoredEvent;
}

/** Takes events as they are committed, in order. It must not throw or wait. */
export type EventListener = (placed: PlacedEvent) => void;

/** Hands each committed event to the connected users who may see it. */
export interface Hub {
  /** Everything up to this position was handed out. */
  position(): number;
  /** Resolves when all that is committed now was handed out, or the log cannot be read. */
  caughtUp(): Promise<void>;
  /** Starts handing the user's events to `listener`. Returns what stops it. */
  attach(userId: number, listener: EventListener): () => void;
  /** Starts following the log from its present end. */
  start(): Promise<void>;
  stop(): void;
}

export interface HubDeps {
  readonly log: LogReader;
  readonly bus: Bus;
  readonly logger: Logger;
  /** Loads what the entries tell of; entries whose subject is gone are left out. */
  readonly loadEvents: (entries: readonly LogEntry[]) => Promise<PlacedEvent[]>;
  /** The members of each conversation, as they are now. */
  readonly loadMembers: (conversationIds: readonly number[]) => Promise<Map<number, number[]>>;
}

const pageSize = 200;
/** A ring may be lost, and a read may fail: the log is looked at again this often. */
const pollMs = 1000;

export function createHub({ log, bus, logger, loadEvents, loadMembers }: HubDeps): Hub {
  const listeners = new Map<number, Set<EventListener>>();
  let position = 0;
  let rings = 0;
  let pulling: Promise<boolean> | undefined;
  let stopRinging = () => {};
  let poll: NodeJS.Timeout | undefined;

  /** Hands out what is new; false when the log could not be read. One at a time. */
  function pull(): Promise<boolean> {
    pulling ??= readOn().finally(() => (pulling = undefined));
    return pulling;
  }

  async function readOn(): Promise<boolean> {
    try {
      let more = true;
      while (more) {
        const heard = rings;
        const entries = await log.after(position, pageSize);
        await handOut(entries);
        // A ring that came during the read may tell of an entry that the read did not see.
        more = entries.length === pageSize || rings !== heard;
        if (more) await nextTurn();
      }
      return true;
    } catch (error) {
      logger.error({ err: error }, "the log could not be read; trying again");
      return false;
    }
  }

  async function handOut(entries: readonly LogEntry[]): Promise<void> {
    const last = entries.at(-1);
    if (!last) return;
    if (listeners.size > 0) {
      const members = await loadMembers(conversationsOf(entries));
      const events = new Map((await loadEvents(entries)).map((placed) => [placed.position, placed]));
      for (const entry of entries) {
        const placed = events.get(entry.position);
        if (placed) deliver(placed, entry.audience, members);
      }
    }
    position = last.position;
  }

  function deliver(placed: PlacedEvent, audienceText: string, members: Map<number, number[]>): void {
    const audience = parseAudience(audienceText);
    if (audience.kind === "everyone") {
      for (const ofUser of listeners.values()) handTo(ofUser, placed);
      return;
    }
    const userIds = audience.kind === "user" ? [audience.id] : (members.get(audience.id) ?? []);
    for (const userId of userIds) handTo(listeners.get(userId), placed);
  }

  /** One listener that fails must not keep the event from the others, nor make it come twice. */
  function handTo(ofUser: ReadonlySet<EventListener> | undefined, placed: PlacedEvent): void {
    for (const listener of ofUser ?? []) {
      try {
        listener(placed);
      } catch (error) {
        logger.error({ err: error }, "a listener failed");
      }
    }
  }

  return {
    position: () => position,

    async caughtUp() {
      const head = await log.head();
      while (position < head.position && (await pull()));
    },

    attach(userId, listener) {
      const ofUser = listeners.get(userId) ?? new Set();
      ofUser.add(listener);
      listeners.set(userId, ofUser);
      return () => {
        ofUser.delete(listener);
        if (ofUser.size === 0 && listeners.get(userId) === ofUser) listeners.delete(userId);
      };
    },

    async start() {
      position = (await log.head()).position;
      stopRinging = bus.onRing(() => {
        rings += 1;
        void pull();
      });
      poll = setInterval(() => void pull(), pollMs).unref();
    },

    stop() {
      stopRinging();
      clearInterval(poll);
    },
  };
}

function conversationsOf(entries: readonly LogEntry[]): number[] {
  const ids = new Set<number>();
  for (const entry of entries) {
    const audience = parseAudience(entry.audience);
    if (audience.kind === "conversation") ids.add(audience.id);
  }
  return [...ids];
}
