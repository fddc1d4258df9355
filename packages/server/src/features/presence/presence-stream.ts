import { limits, type PresenceEvent } from "@causerie/shared";
import { createInbox } from "../../realtime/inbox.ts";
import type { PresenceService } from "./presence.service.ts";

export interface PresenceStreamOptions {
  readonly presence: PresenceService;
  readonly userId: number;
  readonly signal: AbortSignal;
  readonly now: () => string;
}

const inboxCapacity = 1000;

/** Who is online now, then every ephemeral event. A reader that fell behind gets a new snapshot. */
export async function* presenceStream(options: PresenceStreamOptions): AsyncGenerator<PresenceEvent, void> {
  const { presence, userId, signal, now } = options;
  const inbox = createInbox<PresenceEvent>(inboxCapacity);
  const unsubscribe = presence.subscribe(userId, inbox.push);
  try {
    while (!signal.aborted) {
      inbox.reset();
      yield { type: "presence.snapshot", user_ids: presence.onlineUsers(), timestamp: now() };
      while (!signal.aborted && !inbox.overflowed()) {
        const event = await inbox.next(limits.heartbeatMs, signal);
        if (event) yield event;
      }
    }
  } finally {
    unsubscribe();
  }
}
