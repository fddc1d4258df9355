import type { CreateConversationInput } from "@causerie/shared";
import type { Clock } from "../../lib/clock.ts";
import { invalidField } from "../../lib/domain-error.ts";
import { onlyUser } from "../../log/audience.ts";
import type { Writer } from "../../log/writer.ts";
import { insertConversation, renameConversation } from "./conversations.repository.ts";
import { openDirect } from "./direct.ts";
import { admitMembers, dismissMember, readersOf, requireUsers } from "./membership.ts";
import { insertMembers, moveMarker } from "./members.repository.ts";
import { requireEditor, requireNotDirect, requirePlace } from "./rights.ts";

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
  return {
    async create(userId, { kind, name = null, member_ids }) {
      if (kind === "direct") {
        const [otherId, ...more] = member_ids ?? [];
        if (otherId === undefined || more.length > 0) throw invalidField("member_ids", "must hold one id");
        if (name !== null) throw invalidField("name", "must be absent: a direct conversation has none");
        return await writer.run(async (tx) => {
          await requireUsers(tx.db, "member_ids", [otherId]);
          return (await openDirect(tx, userId, otherId, clock.now())).id;
        });
      }
      if (name === null) throw invalidField("name", "is required");
      const others = [...new Set(member_ids ?? [])].filter((id) => id !== userId);
      if (kind === "public" && others.length > 0)
        throw invalidField("member_ids", "must be empty: everybody is in a public conversation");

      return await writer.run(async (tx) => {
        const at = clock.now();
        await requireUsers(tx.db, "member_ids", others);
        const { id } = await insertConversation(tx.db, { kind, name, direct_key: null, at });
        const position = await tx.emit({
          type: "conversation.created",
          audience: readersOf({ id, kind }),
          subjectId: id,
          at,
        });
        await insertMembers(
          tx.db,
          [userId, ...others].map((user_id) => ({
            conversation_id: id,
            user_id,
            role: user_id === userId ? ("owner" as const) : ("member" as const),
            joined_at: at,
            joined_position: position,
          })),
        );
        return id;
      });
    },

    async rename(userId, conversationId, name) {
      await writer.run(async (tx) => {
        const place = await requirePlace(tx.db, userId, conversationId);
        requireNotDirect(place.conversation);
        await requireEditor(tx.db, userId, place);
        await renameConversation(tx.db, conversationId, name);
        await tx.emit({
          type: "conversation.updated",
          audience: readersOf(place.conversation),
          subjectId: conversationId,
          at: clock.now(),
        });
      });
    },

    async join(userId, conversationId) {
      await writer.run(async (tx) => {
        const { conversation, member } = await requirePlace(tx.db, userId, conversationId);
        if (member) return;
        await admitMembers(tx, conversation, [userId], { at: clock.now(), history: "all" });
      });
    },

    async leave(userId, conversationId) {
      await writer.run(async (tx) => {
        const { conversation, member } = await requirePlace(tx.db, userId, conversationId);
        requireNotDirect(conversation);
        if (member) await dismissMember(tx, conversation, member, clock.now());
      });
    },

    async markRead(userId, conversationId, seq) {
      await writer.run(async (tx) => {
        const { conversation, member } = await requirePlace(tx.db, userId, conversationId);
        if (seq > conversation.last_seq) throw invalidField("up_to_seq", "is beyond the newest message");
        const at = clock.now();
        // Whoever keeps a marker in a public conversation has joined it.
        if (!member) await admitMembers(tx, conversation, [userId], { at, history: "all", lastReadSeq: 0 });
        if (!(await moveMarker(tx.db, conversationId, userId, seq))) return;
        await tx.emit({
          type: "conversation.read",
          audience: onlyUser(userId),
          subjectId: conversationId,
          memberId: userId,
          at,
        });
      });
    },
  };
}
