import { limits, type TypingEvent, type TypingState, type WatchEvent } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Bus } from "../../bus/bus.ts";
import type { Database } from "../../db/database.ts";
import { isoTime, type Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import type { KeyedListener } from "../../realtime/keyed-listener.ts";
import { requirePlace } from "../conversations/index.ts";
import { createHearers } from "./hearers.ts";
import { createTypists } from "./typists.ts";

export interface TypingDeps {
  readonly db: Kysely<Database>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface TypingService {
  /** Shows the user as typing, or no longer, to those in the conversation. NOT_FOUND for strangers. */
  set(userId: number, conversationId: number, typing: boolean): Promise<TypingState>;
  /** The user has sent what they typed. */
  end(userId: number, conversationId: number): void;
  /**
   * Hears who types in those of the conversations that the user may read; `typing` are those who do
   * at the moment. Whether the user still may read is asked each time.
   */
  listen(
    userId: number,
    conversationIds: readonly number[],
    listener: KeyedListener<WatchEvent>,
  ): Promise<{ readonly conversationIds: number[]; typing(): TypingEvent[]; stop(): void }>;
}

export function createTypingService({ db, bus, clock, logger }: TypingDeps): TypingService {
  const hearers = createHearers({ db, logger });
  const typists = createTypists({ clock, onExpired: hearers.tell });

  bus.subscribe((signal) => {
    if (signal.type === "typing" && typists.note(signal.event)) hearers.tell(signal.event);
  });

  function publish(user_id: number, conversation_id: number, expires_at: string | null): void {
    const event: TypingEvent = {
      ...{ type: "typing", conversation_id, user_id },
      typing: expires_at !== null,
      expires_at,
    };
    bus.publish({ type: "typing", event });
  }

  return {
    async set(userId, conversationId, typing) {
      await requirePlace(db, userId, conversationId);
      const expires_at = typing ? isoTime(clock.now() + limits.typingMs) : null;
      publish(userId, conversationId, expires_at);
      return { conversation_id: conversationId, typing, expires_at };
    },

    end(userId, conversationId) {
      if (typists.isTyping(conversationId, userId)) publish(userId, conversationId, null);
    },

    async listen(userId, conversationIds, listener) {
      if (conversationIds.length === 0)
        return { conversationIds: [], typing: () => [], stop: () => undefined };
      const hearing = await hearers.add(userId, conversationIds, listener);
      const typing = () => hearing.conversationIds.flatMap((id) => typists.of(id));
      return { ...hearing, typing: () => typing().filter(({ user_id }) => user_id !== userId) };
    },
  };
}
