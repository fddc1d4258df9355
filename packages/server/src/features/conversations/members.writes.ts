import type { MemberRole } from "@causerie/shared";
import { DomainError, invalidField } from "../../lib/domain-error.ts";
import { defineWrite } from "../../log/write.ts";
import type { WriteTransaction } from "../../log/write-transaction.ts";
import { memberView } from "./conversation-view.ts";
import { findConversations } from "./conversations.repository.ts";
import type { InConversation } from "./conversations.writes.ts";
import { admitMembers, changeRole, dismissMember, requireUsers } from "./membership.ts";
import {
  findMember,
  findNamedMembers,
  hasOtherOwner,
  joinedConversations,
  type MemberRow,
} from "./members.repository.ts";
import { outranks, requireGroup, requireNotDirect, requirePlace, requireRole } from "./rights.ts";

export interface Newcomers extends InConversation {
  readonly userIds: readonly number[];
  readonly history: "none" | "all";
}

/** Takes people into a group. Returns all who were named, as they are in it now. */
export const addMembers = defineWrite(
  "members.add",
  async (tx, { userId, conversationId: id, userIds, history, at }: Newcomers) => {
    const place = await requirePlace(tx.db, userId, id);
    requireGroup(place.conversation);
    requireRole(place, "admin");
    const wanted = [...new Set(userIds)];
    await requireUsers(tx.db, "user_ids", wanted);
    const present = new Set((await findNamedMembers(tx.db, [id], wanted)).map((member) => member.user_id));
    const newcomers = wanted.filter((wantedId) => !present.has(wantedId));
    await admitMembers(tx, place.conversation, newcomers, { at, history });
    return (await findNamedMembers(tx.db, [id], wanted)).map(memberView);
  },
);

/** A member that the caller does something to. */
export interface OfMember extends InConversation {
  readonly memberId: number;
}

/** Takes somebody out of a group. */
export const removeMember = defineWrite(
  "members.remove",
  async (tx, { userId, conversationId, memberId, at }: OfMember) => {
    const place = await requirePlace(tx.db, userId, conversationId);
    requireGroup(place.conversation);
    const caller = requireRole(place, memberId === userId ? "member" : "admin");
    const member = await requireMember(tx, conversationId, memberId);
    if (memberId !== userId && !outranks(caller.role, member.role))
      throw new DomainError("FORBIDDEN", { message: "An admin may remove members only." });
    await dismissMember(tx, place.conversation, member, at);
  },
);

/** Gives a member another role. */
export const setRole = defineWrite(
  "members.setRole",
  async (tx, { userId, conversationId, memberId, role, at }: OfMember & { readonly role: MemberRole }) => {
    const place = await requirePlace(tx.db, userId, conversationId);
    requireNotDirect(place.conversation);
    requireRole(place, "owner");
    const member = await requireMember(tx, conversationId, memberId);
    const isLastOwner = member.role === "owner" && !(await hasOtherOwner(tx.db, conversationId, memberId));
    if (isLastOwner && role !== "owner")
      throw invalidField("role", "must stay owner: make somebody else an owner first");
    if (member.role !== role) await changeRole(tx, place.conversation, member, role, at);
    const [named] = await findNamedMembers(tx.db, [conversationId], [memberId]);
    if (!named) throw new Error("A member vanished inside a transaction.");
    return memberView(named);
  },
);

/** Takes a user whose account ends out of every group and public conversation, as a part of another write. */
export async function leaveAll(tx: WriteTransaction, userId: number, at: number): Promise<void> {
  const memberships = await joinedConversations(tx.db, userId);
  const conversations = await findConversations(
    tx.db,
    memberships.map((member) => member.conversation_id),
  );
  for (const conversation of conversations) {
    const member = memberships.find(({ conversation_id }) => conversation_id === conversation.id);
    if (member) await dismissMember(tx, conversation, member, at);
  }
}

async function requireMember(
  tx: WriteTransaction,
  conversationId: number,
  userId: number,
): Promise<MemberRow> {
  const member = await findMember(tx.db, conversationId, userId);
  if (!member) throw new DomainError("NOT_FOUND", { message: "There is no such member." });
  return member;
}
