import type { Member, MemberRole, Page } from "@causerie/shared";
import type { Snapshot } from "../../db/open-database.ts";
import type { PageOf } from "../../db/read-page.ts";
import type { Clock } from "../../lib/clock.ts";
import { DomainError, invalidField } from "../../lib/domain-error.ts";
import type { Writer, WriteTransaction } from "../../log/writer.ts";
import { memberView } from "./conversation-view.ts";
import { findConversations } from "./conversations.repository.ts";
import { admitMembers, changeRole, dismissMember, requireUsers } from "./membership.ts";
import {
  findMember,
  findNamedMembers,
  hasOtherOwner,
  joinedConversations,
  listMembers,
  type MemberRow,
} from "./members.repository.ts";
import { outranks, requireGroup, requireNotDirect, requirePlace, requireRole } from "./rights.ts";

export interface MembersDeps {
  readonly snapshot: Snapshot;
  readonly writer: Writer;
  readonly clock: Clock;
}

export interface MembersService {
  /** Who is in a conversation that the caller may see, in the order of their ids. */
  list(userId: number, conversationId: number, page: Page): Promise<PageOf<Member>>;
  /** Takes people into a group; owners and admins may. Whoever is in it already stays as they are. */
  add(userId: number, input: NewMembers): Promise<Member[]>;
  /** Takes somebody out of a group: an owner anybody, an admin members, and everybody themself. */
  remove(userId: number, conversationId: number, memberId: number): Promise<void>;
  /** Gives a member another role; only owners may, and one owner always stays. */
  setRole(userId: number, conversationId: number, memberId: number, role: MemberRole): Promise<Member>;
  /** Takes a user out of every group and public conversation, inside a write of the caller. */
  leaveAll(tx: WriteTransaction, userId: number): Promise<void>;
}

export interface NewMembers {
  readonly conversation_id: number;
  readonly user_ids: readonly number[];
  readonly history?: "none" | "all" | null | undefined;
}

export function createMembersService({ snapshot, writer, clock }: MembersDeps): MembersService {
  async function requireMember(
    tx: WriteTransaction,
    conversationId: number,
    userId: number,
  ): Promise<MemberRow> {
    const member = await findMember(tx.db, conversationId, userId);
    if (!member) throw new DomainError("NOT_FOUND", { message: "There is no such member." });
    return member;
  }

  return {
    async list(userId, conversationId, page) {
      return await snapshot(async (db) => {
        await requirePlace(db, userId, conversationId);
        const { items, next } = await listMembers(db, conversationId, page);
        return { items: items.map(memberView), next };
      });
    },

    async add(userId, { conversation_id: id, user_ids, history }) {
      return await writer.run(async (tx) => {
        const place = await requirePlace(tx.db, userId, id);
        requireGroup(place.conversation);
        requireRole(place, "admin");
        const wanted = [...new Set(user_ids)];
        await requireUsers(tx.db, "user_ids", wanted);
        const present = new Set(
          (await findNamedMembers(tx.db, [id], wanted)).map((member) => member.user_id),
        );
        const newcomers = wanted.filter((wantedId) => !present.has(wantedId));
        await admitMembers(tx, place.conversation, newcomers, {
          at: clock.now(),
          history: history ?? "none",
        });
        return (await findNamedMembers(tx.db, [id], wanted)).map(memberView);
      });
    },

    async remove(userId, conversationId, memberId) {
      await writer.run(async (tx) => {
        const place = await requirePlace(tx.db, userId, conversationId);
        requireGroup(place.conversation);
        const caller = requireRole(place, memberId === userId ? "member" : "admin");
        const member = await requireMember(tx, conversationId, memberId);
        if (memberId !== userId && !outranks(caller.role, member.role))
          throw new DomainError("FORBIDDEN", { message: "An admin may remove members only." });
        await dismissMember(tx, place.conversation, member, clock.now());
      });
    },

    async setRole(userId, conversationId, memberId, role) {
      return await writer.run(async (tx) => {
        const place = await requirePlace(tx.db, userId, conversationId);
        requireNotDirect(place.conversation);
        requireRole(place, "owner");
        const member = await requireMember(tx, conversationId, memberId);
        const isLastOwner =
          member.role === "owner" && !(await hasOtherOwner(tx.db, conversationId, memberId));
        if (isLastOwner && role !== "owner")
          throw invalidField("role", "must stay owner: make somebody else an owner first");
        if (member.role !== role) await changeRole(tx, place.conversation, member, role, clock.now());
        const [named] = await findNamedMembers(tx.db, [conversationId], [memberId]);
        if (!named) throw new Error("A member vanished inside a transaction.");
        return memberView(named);
      });
    },

    async leaveAll(tx, userId) {
      const memberships = await joinedConversations(tx.db, userId);
      const conversations = await findConversations(
        tx.db,
        memberships.map((member) => member.conversation_id),
      );
      for (const conversation of conversations) {
        const member = memberships.find(({ conversation_id }) => conversation_id === conversation.id);
        if (member) await dismissMember(tx, conversation, member, clock.now());
      }
    },
  };
}
