import type { ConversationKind } from "@causerie/shared";
import type { Person } from "../../support/people.ts";

/** The rules of unread messages, in their plainest form: lists that are counted each time. */
export interface UnreadModel {
  readonly conversations: Map<number, ModelConversation>;
  /** What the server should say of the user's place; undefined where the user may not look. */
  placeOf(userId: number, conversationId: number): Place | undefined;
}

export interface Place {
  readonly last_read_seq: number;
  readonly unread_count: number;
}

export interface ModelConversation {
  readonly kind: ConversationKind;
  /** Who lets people in and out, and stays. */
  readonly owner?: Person;
  /** The message at index `n` has the `seq` `n + 1`. */
  readonly messages: { readonly id: number; readonly senderId: number; deleted: boolean }[];
  readonly members: Map<number, ModelMember>;
}

export interface ModelMember {
  lastRead: number;
  /** Messages up to this `seq` are not theirs. */
  readonly since: number;
}

export function createUnreadModel(): UnreadModel {
  const conversations = new Map<number, ModelConversation>();
  return {
    conversations,
    placeOf(userId, conversationId) {
      const conversation = conversations.get(conversationId);
      const member = conversation?.members.get(userId);
      if (!conversation) return undefined;
      if (!member) return conversation.kind === "public" ? { last_read_seq: 0, unread_count: 0 } : undefined;
      const unread = conversation.messages.filter(
        ({ senderId, deleted }, index) =>
          index + 1 > member.lastRead && index + 1 > member.since && !deleted && senderId !== userId,
      );
      return { last_read_seq: member.lastRead, unread_count: unread.length };
    },
  };
}
