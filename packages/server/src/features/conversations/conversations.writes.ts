import { invalidField } from "../../lib/domain-error.ts";
import { onlyUser } from "../../log/audience.ts";
import { defineWrite } from "../../log/write.ts";
import { insertConversation, renameConversation } from "./conversations.repository.ts";
import { openDirect } from "./direct.ts";
import { admitMembers, dismissMember, readersOf, requireUsers } from "./membership.ts";
import { insertMembers, moveMarker } from "./members.repository.ts";
import { requireEditor, requireNotDirect, requirePlace } from "./rights.ts";

/** Who does it, where, and when. */
export interface InConversation {
  readonly userId: number;
  readonly conversationId: number;
  readonly at: number;
}

export interface NewDirect {
  readonly userId: number;
  readonly otherId: number;
  readonly at: number;
}

/** Finds or makes the direct conversation with somebody. Returns its id. */
export const openDirectWith = defineWrite(
  "conversations.openDirect",
  async (tx, { userId, otherId, at }: NewDirect) => {
    await requireUsers(tx.db, "member_ids", [otherId]);
    return (await openDirect(tx, userId, otherId, at)).id;
  },
);

export interface NewNamed {
  readonly userId: number;
  readonly kind: "group" | "public";
  readonly name: string;
  /** Who is in it from the start, besides the owner. */
  readonly others: readonly number[];
  readonly at: number;
}

/** Makes a group or public conversation. Returns its id. */
export const createNamed = defineWrite(
  "conversations.create",
  async (tx, { userId, kind, name, others, at }: NewNamed) => {
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
  },
);

/** Renames a group or public conversation. */
export const rename = defineWrite(
  "conversations.rename",
  async (tx, { userId, conversationId, name, at }: InConversation & { readonly name: string }) => {
    const place = await requirePlace(tx.db, userId, conversationId);
    requireNotDirect(place.conversation);
    await requireEditor(tx.db, userId, place);
    await renameConversation(tx.db, conversationId, name);
    await tx.emit({
      type: "conversation.updated",
      audience: readersOf(place.conversation),
      subjectId: conversationId,
      at,
    });
  },
);

/** Takes a public conversation among the caller's own. */
export const join = defineWrite(
  "conversations.join",
  async (tx, { userId, conversationId, at }: InConversation) => {
    const { conversation, member } = await requirePlace(tx.db, userId, conversationId);
    if (!member) await admitMembers(tx, conversation, [userId], { at, history: "all" });
  },
);

/** Leaves a group or public conversation. */
export const leave = defineWrite(
  "conversations.leave",
  async (tx, { userId, conversationId, at }: InConversation) => {
    const { conversation, member } = await requirePlace(tx.db, userId, conversationId);
    requireNotDirect(conversation);
    if (member) await dismissMember(tx, conversation, member, at);
  },
);

/** Moves the caller's marker forward. */
export const markRead = defineWrite(
  "conversations.markRead",
  async (tx, { userId, conversationId, seq, at }: InConversation & { readonly seq: number }) => {
    const { conversation, member } = await requirePlace(tx.db, userId, conversationId);
    if (seq > conversation.last_seq) throw invalidField("up_to_seq", "is beyond the newest message");
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
  },
);
