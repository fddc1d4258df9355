import type { CreateConversationInput } from "@causerie/shared";
import type { Clock } from "../../lib/clock.ts";
import { invalidField } from "../../lib/domain-error.ts";
import type { Writer } from "../../log/writer.ts";
import { createNamed, join, leave, markRead, openDirectWith, rename } from "./conversations.writes.ts";

export interface ConversationsDeps {
  readonly writer: Writer;
  readonly clock: Clock;
}

export interface ConversationsService {
  /** Makes a group or public conversation, or finds or makes a direct one. Returns its id. */
  create(userId: number, input: CreateConversationInput): Promise<number>;
  /** Renames a group or public conversation; owners and admins may. */
  rename(userId: number, conversationId: number, name: string): Promise<void>;
  /** Takes a public conversation among the caller's own, where unread messages count. */
  join(userId: number, conversationId: number): Promise<void>;
  /** Leaves a group, which is gone for the caller then, or a public conversation, which stays readable. */
  leave(userId: number, conversationId: number): Promise<void>;
  /** Moves the caller's marker to `seq`, if that is forward. */
  markRead(userId: number, conversationId: number, seq: number): Promise<void>;
}

export function createConversationsService({ writer, clock }: ConversationsDeps): ConversationsService {
  const inConversation = (userId: number, conversationId: number) => ({
    userId,
    conversationId,
    at: clock.now(),
  });

  return {
    async create(userId, { kind, name = null, member_ids }) {
      if (kind === "direct") {
        const [otherId, ...more] = member_ids ?? [];
        if (otherId === undefined || more.length > 0) throw invalidField("member_ids", "must hold one id");
        if (name !== null) throw invalidField("name", "must be absent: a direct conversation has none");
        return await writer.run(openDirectWith, { userId, otherId, at: clock.now() });
      }
      if (name === null) throw invalidField("name", "is required");
      const others = [...new Set(member_ids ?? [])].filter((id) => id !== userId);
      if (kind === "public" && others.length > 0)
        throw invalidField("member_ids", "must be empty: everybody is in a public conversation");
      return await writer.run(createNamed, { userId, kind, name, others, at: clock.now() });
    },

    rename: (userId, conversationId, name) =>
      writer.run(rename, { ...inConversation(userId, conversationId), name }),
    join: (userId, conversationId) => writer.run(join, inConversation(userId, conversationId)),
    leave: (userId, conversationId) => writer.run(leave, inConversation(userId, conversationId)),
    markRead: (userId, conversationId, seq) =>
      writer.run(markRead, { ...inConversation(userId, conversationId), seq }),
  };
}
