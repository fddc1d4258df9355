import type { Kysely } from "kysely";
import type { Bus, News } from "../bus/bus.ts";
import type { Database } from "../db/database.ts";
import type { Snapshot } from "../db/open-database.ts";
import type { Logger } from "../lib/logger.ts";
import { nextTurn } from "../lib/next-turn.ts";
import { parseAudience } from "../log/audience.ts";
import { readLog, readLogState, type LogEntry } from "../log/log-reader.ts";
import type { WrittenEvent } from "../log/writer.ts";
import { createListeners } from "./listeners.ts";
import { createMemberShares, type Shares } from "./member-shares.ts";
import { isShared, type PlacedEvent } from "./placed-event.ts";

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
  readonly snapshot: Snapshot;
  readonly bus: Bus;
  readonly logger: Logger;
  /** Loads what the entries tell of; entries whose subject is gone are left out. */
  readonly loadEvents: (db: Kysely<Database>, entries: readonly LogEntry[]) => Promise<PlacedEvent[]>;
  /** The members of each conversation, and from where on it is theirs. */
  readonly loadMembers: (
    db: Kysely<Database>,
    conversationIds: readonly number[],
  ) => Promise<ReadonlyMap<number, Shares>>;
}

type MembersOf = (conversationId: number) => Shares | undefined;

const pageSize = 200;
/** A ring may be lost, and a read may fail: the log is looked at again this often. */
const pollMs = 1000;

export function createHub({ snapshot, bus, logger, loadEvents, loadMembers }: HubDeps): Hub {
  const listeners = createListeners<EventListener>();
  const shares = createMemberShares();
  let position = 0;
  let rings = 0;
  let pulling: Promise<boolean> | undefined;
  let stopRinging = () => {};
  let poll: NodeJS.Timeout | undefined;

  /** News that follows on what was handed out needs no look in the log, if it says everything. */
  function hear(news: News): void {
    rings += 1;
    // What the log told already, as it may before the news of it comes, is no news.
    const events = news.events?.filter((event) => event.position > position);
    if (events?.length === 0) return;
    if (pulling || !events || !canHandOut(events)) {
      void pull();
      return;
    }
    for (const { position: at, audience, content } of events) {
      if (content) deliver({ position: at, event: content }, audience, shares.get);
      position = at;
    }
  }

  function canHandOut(events: readonly WrittenEvent[]): boolean {
    return events.every(({ position: at, audience, content }, index) => {
      const parsed = parseAudience(audience);
      const isKnown = parsed.kind !== "conversation" || shares.get(parsed.id) !== undefined;
      return at === position + 1 + index && content !== undefined && isKnown;
    });
  }

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
        const page = await snapshot(readPage);
        handOut(page);
        // A ring that came during the read may tell of an entry that the read did not see.
        more = page.entries.length === pageSize || rings !== heard;
        if (more) await nextTurn();
      }
      return true;
    } catch (error) {
      logger.error({ err: error }, "the log could not be read; trying again");
      return false;
    }
  }

  /** The next entries with what they tell of and who may see it, all as of one moment. */
  async function readPage(db: Kysely<Database>) {
    const entries = await readLog(db, position, pageSize);
    if (listeners.isEmpty()) return { entries, events: [], members: new Map<number, Shares>() };
    return {
      entries,
      events: await loadEvents(db, entries),
      members: await loadMembers(db, conversationsOf(entries)),
    };
  }

  function handOut({ entries, events, members }: Awaited<ReturnType<typeof readPage>>): void {
    for (const entry of entries) shares.heed(entry);
    for (const [conversationId, ofConversation] of members) shares.set(conversationId, ofConversation);
    const audiences = new Map(entries.map((entry) => [entry.position, entry.audience]));
    for (const placed of events)
      deliver(placed, audiences.get(placed.position) ?? "", (id) => members.get(id));
    position = entries.at(-1)?.position ?? position;
  }

  function deliver(placed: PlacedEvent, audienceText: string, membersOf: MembersOf): void {
    const audience = parseAudience(audienceText);
    switch (audience.kind) {
      case "everyone":
        listeners.forEach(hand);
        return;
      case "user":
        listeners.forEachOf(audience.id, hand);
        return;
      case "conversation":
        for (const member of membersOf(audience.id) ?? [])
          if (isShared(placed, member)) listeners.forEachOf(member.user_id, hand);
    }

    /** One listener that fails must not keep the event from the others, nor make it come twice. */
    function hand(listener: EventListener): void {
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
      const head = await snapshot(readLogState);
      while (position < head.position && (await pull()));
    },

    attach: listeners.add,

    async start() {
      position = (await snapshot(readLogState)).position;
      stopRinging = bus.onRing(hear);
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
