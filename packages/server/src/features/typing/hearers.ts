import type { TypingEvent, WatchEvent } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import type { Logger } from "../../lib/logger.ts";
import type { KeyedListener } from "../../realtime/keyed-listener.ts";
import { findVisibleAmong, membersAmong } from "../conversations/index.ts";

type Hearer = KeyedListener<WatchEvent>;

/** Who hears in which conversation that somebody types. */
export interface Hearers {
  /** Adds a hearer to those of the conversations that the user may read. Returns which, and what stops it. */
  add(
    userId: number,
    conversationIds: readonly number[],
    hearer: Hearer,
  ): Promise<{ readonly conversationIds: number[]; stop(): void }>;
  /** Tells those who hear there and may still read it, but not the one who types. */
  tell(event: TypingEvent): void;
}

interface Place {
  readonly isPublic: boolean;
  readonly hearers: Map<Hearer, number>;
  /** What waits until it is known who is a member; of each typist the last word. */
  readonly waiting: Map<number, TypingEvent>;
  asking: boolean;
}

export function createHearers({ db, logger }: { db: Kysely<Database>; logger: Logger }): Hearers {
  const places = new Map<number, Place>();

  function hand({ hearers }: Place, event: TypingEvent, mayHear: (userId: number) => boolean): void {
    const key = `typing:${event.conversation_id}:${event.user_id}`;
    for (const [hearer, userId] of hearers)
      if (userId !== event.user_id && mayHear(userId)) hearer(event, key);
  }

  /** One question at a time for a conversation, so that words stay in order and a storm costs little. */
  async function handToMembers(conversationId: number, place: Place): Promise<void> {
    place.asking = true;
    try {
      while (place.waiting.size > 0) {
        const events = [...place.waiting.values()];
        place.waiting.clear();
        const concerned = new Set([...place.hearers.values(), ...events.map((event) => event.user_id)]);
        const members = new Set(await membersAmong(db, conversationId, [...concerned]));
        for (const event of events) {
          // Whoever was taken out meanwhile is not shown any more, but may be said to have ceased.
          if (event.typing && !members.has(event.user_id)) continue;
          hand(place, event, (userId) => members.has(userId));
        }
      }
    } catch (error) {
      logger.error({ err: error }, "it could not be told who types");
    } finally {
      place.asking = false;
    }
  }

  function remove(conversationId: number, hearer: Hearer): void {
    const place = places.get(conversationId);
    place?.hearers.delete(hearer);
    if (place?.hearers.size === 0) places.delete(conversationId);
  }

  return {
    async add(userId, wanted, hearer) {
      const conversations = await findVisibleAmong(db, userId, wanted);
      for (const { id, kind } of conversations) {
        const place = places.get(id) ?? {
          isPublic: kind === "public",
          hearers: new Map<Hearer, number>(),
          waiting: new Map<number, TypingEvent>(),
          asking: false,
        };
        place.hearers.set(hearer, userId);
        places.set(id, place);
      }
      const conversationIds = conversations.map(({ id }) => id);
      return { conversationIds, stop: () => conversationIds.forEach((id) => remove(id, hearer)) };
    },

    tell(event) {
      const place = places.get(event.conversation_id);
      if (!place) return;
      if (place.isPublic) return hand(place, event, () => true);
      place.waiting.set(event.user_id, event);
      if (!place.asking) void handToMembers(event.conversation_id, place);
    },
  };
}
