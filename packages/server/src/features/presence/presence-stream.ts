import type { PresenceEvent } from "@causerie/shared";
import { createKeyedQueue } from "../../realtime/keyed-queue.ts";
import type { PresenceService } from "./presence.service.ts";

export interface PresenceStreamOptions {
  readonly presence: PresenceService;
  readonly userId: number;
  readonly signal: AbortSignal;
  readonly now: () => string;
}

const capacity = 1000;

/** Who is online now, then every change and broadcast. A reader that fell behind gets a new snapshot. */
export async function* presenceStream(options: PresenceStreamOptions): AsyncGenerator<PresenceEvent, void> {
  const { presence, userId, signal, now } = options;
  while (!signal.aborted) {
    const queue = createKeyedQueue<PresenceEvent>(capacity);
    const unsubscribe = presence.subscribe(userId, (event, _socket, key) => queue.push(event, key));
    try {
      yield { type: "presence.snapshot", user_ids: presence.onlineUsers(), timestamp: now() };
      while (!signal.aborted && !queue.overflowed()) {
        const event = await queue.next(signal);
        if (event) yield event;
      }
    } finally {
      unsubscribe();
    }
  }
}
