import type { WatchEvent } from "@causerie/shared";
import { createKeyedQueue } from "../../realtime/keyed-queue.ts";
import type { TypingService } from "../typing/index.ts";
import type { PresenceService } from "./presence.service.ts";

export interface WatchStreamOptions {
  readonly presence: PresenceService;
  readonly typing: TypingService;
  readonly userId: number;
  readonly userIds: readonly number[];
  readonly conversationIds: readonly number[];
  readonly signal: AbortSignal;
  readonly now: () => string;
}

const capacity = 1000;

/**
 * What holds now, then what changes: the presence of the watched users, who types in the watched
 * conversations, and broadcasts. A reader that fell behind is told again what holds.
 */
export async function* watchStream(options: WatchStreamOptions): AsyncGenerator<WatchEvent, void> {
  const { presence, typing, userId, userIds, conversationIds, signal, now } = options;
  while (!signal.aborted) {
    const queue = createKeyedQueue<WatchEvent>(capacity);
    const hearing = await typing.listen(userId, conversationIds, queue.push);
    const watching = presence.watch(userId, userIds, queue.push);
    try {
      yield {
        type: "presence.states",
        users: watching.states,
        conversation_ids: hearing.conversationIds,
        timestamp: now(),
      };
      while (!signal.aborted && !queue.overflowed()) {
        const event = await queue.next(signal);
        if (event) yield event;
      }
    } finally {
      watching.stop();
      hearing.stop();
    }
  }
}
