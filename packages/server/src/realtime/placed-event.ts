import type { StoredEvent } from "@causerie/shared";

/** A stored event and its place in the log. */
export interface PlacedEvent {
  readonly position: number;
  readonly event: StoredEvent;
}

/** From where on what happens in a conversation is a member's to see. */
export interface Share {
  readonly joined_position: number;
  readonly since_seq: number;
}

/** Whether an event of a conversation is for a member: not from before they came, nor about a message from before. */
export function isShared({ position, event }: PlacedEvent, { joined_position, since_seq }: Share): boolean {
  if (position < joined_position) return false;
  return "message" in event ? event.message.seq > since_seq : true;
}
