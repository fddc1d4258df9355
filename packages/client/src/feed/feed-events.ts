import type { ServerEvent } from "../types.ts";
import type { FeedEvent } from "./feed.ts";

/** Complete by its type: an event of another kind moves the cursor and reaches nobody. */
const kinds: Readonly<Record<FeedEvent["type"], true>> = {
  "message.created": true,
  "message.updated": true,
  "message.deleted": true,
  "conversation.created": true,
  "conversation.updated": true,
  "conversation.read": true,
  "member.joined": true,
  "member.updated": true,
  "member.left": true,
  "user.created": true,
  "user.updated": true,
  "user.deleted": true,
};

/** Whether it is a stored change of a kind that this client knows. */
export function isFeedEvent(event: ServerEvent): event is FeedEvent {
  return Object.hasOwn(kinds, event.type);
}
