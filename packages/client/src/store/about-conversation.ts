import type { FeedEvent } from "../feed/feed.ts";

/** An event about a conversation, or about what is in it. */
export type ConversationEvent = Exclude<FeedEvent, { type: `user.${string}` }>;

export function isAboutConversation(event: FeedEvent): event is ConversationEvent {
  return !event.type.startsWith("user.");
}

/** Which conversation it is about. */
export function conversationIdOf(event: ConversationEvent): number {
  if ("message" in event) return event.message.conversation_id;
  return "conversation" in event ? event.conversation.id : event.conversation_id;
}
