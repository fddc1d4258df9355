import type { Member, MemberRole, Page } from "@causerie/shared";
import type { Snapshot } from "../../db/open-database.ts";
import type { PageOf } from "../../db/read-page.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Writer } from "../../log/writer.ts";
import { memberView } from "./conversation-view.ts";
import { listMembers } from "./members.repository.ts";
import { addMembers, removeMember, setRole } from "./members.writes.ts";
import { requirePlace } from "./rights.ts";

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
}

export interface NewMembers {
  readonly conversation_id: number;
  readonly user_ids: readonly number[];
  readonly history?: "none" | "all" | null | undefined;
}

export function createMembersService({ snapshot, writer, clock }: MembersDeps): MembersService {
  return {
    async list(userId, conversationId, page) {
      return await snapshot(async (db) => {
        await requirePlace(db, userId, conversationId);
        const { items, next } = await listMembers(db, conversationId, page);
        return { items: items.map(memberView), next };
      });
    },

    add: (userId, { conversation_id: conversationId, user_ids: userIds, history }) =>
      writer.run(addMembers, {
        ...{ userId, conversationId, userIds },
        history: history ?? "none",
        at: clock.now(),
      }),

    remove: (userId, conversationId, memberId) =>
      writer.run(removeMember, { userId, conversationId, memberId, at: clock.now() }),

    setRole: (userId, conversationId, memberId, role) =>
      writer.run(setRole, { userId, conversationId, memberId, role, at: clock.now() }),
  };
}
