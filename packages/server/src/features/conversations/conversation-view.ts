import type { Conversation, Member } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import { isoTime } from "../../lib/clock.ts";
import type { ConversationRow } from "./conversations.repository.ts";
import { countMembers, firstMembers, type NamedMember } from "./members.repository.ts";

export function memberView({ user_id, name, role, joined_at }: NamedMember): Member {
  return { user_id, name, role, joined_at: isoTime(joined_at) };
}

/** A conversation as all see it, with its first members. */
export interface ShownConversation {
  readonly conversation: Conversation;
  readonly members: Member[];
}

/** Conversations as the contract shows them, their members read in two queries for all. */
export async function showConversations(
  db: Kysely<Database>,
  rows: readonly ConversationRow[],
): Promise<ShownConversation[]> {
  // Who joined a public conversation only they themselves hear, so it is not shown where events go on from.
  const ids = rows.filter((row) => row.kind !== "public").map((row) => row.id);
  const counts = await countMembers(db, ids);
  const first = await firstMembers(db, ids);
  return rows.map((row) => {
    const members = (first.get(row.id) ?? []).map(memberView);
    const isPublic = row.kind === "public";
    return {
      conversation: {
        id: row.id,
        kind: row.kind,
        name: row.name,
        member_ids: isPublic ? null : members.map((member) => member.user_id),
        member_count: isPublic ? null : (counts.get(row.id) ?? 0),
        last_seq: row.last_seq,
        created_at: isoTime(row.created_at),
        activity_at: isoTime(row.activity_at),
      },
      members,
    };
  });
}
