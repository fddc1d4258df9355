import { limits, type TypingEvent } from "@causerie/shared";
import type { Clock } from "../../lib/clock.ts";

/** Who types where, until each expires. */
export interface Typists {
  /** Takes note of an event. Returns false when it says nothing new. */
  note(event: TypingEvent): boolean;
  isTyping(conversationId: number, userId: number): boolean;
  /** What was noted last of those who type there. */
  of(conversationId: number): TypingEvent[];
}

export interface TypistsDeps {
  readonly clock: Clock;
  /** Hears that somebody has not said again that they type. */
  readonly onExpired: (event: TypingEvent) => void;
}

interface Typist {
  readonly event: TypingEvent;
  readonly cancel: () => void;
}

export function createTypists({ clock, onExpired }: TypistsDeps): Typists {
  const places = new Map<number, Map<number, Typist>>();

  function forget({ conversation_id, user_id }: TypingEvent): boolean {
    const place = places.get(conversation_id);
    const typist = place?.get(user_id);
    typist?.cancel();
    place?.delete(user_id);
    if (place?.size === 0) places.delete(conversation_id);
    return typist !== undefined;
  }

  return {
    note(event) {
      const wasTyping = forget(event);
      if (!event.typing) return wasTyping;
      const place = places.get(event.conversation_id) ?? new Map<number, Typist>();
      const cancel = clock.after(limits.typingMs, () => {
        forget(event);
        onExpired({ ...event, typing: false, expires_at: null });
      });
      places.set(event.conversation_id, place.set(event.user_id, { event, cancel }));
      return true;
    },
    isTyping: (conversationId, userId) => places.get(conversationId)?.has(userId) ?? false,
    of: (conversationId) => [...(places.get(conversationId)?.values() ?? [])].map(({ event }) => event),
  };
}
