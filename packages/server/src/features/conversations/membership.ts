import { limits } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import { invalidField } from "../../lib/domain-error.ts";
import { everyone, membersOf, onlyUser, type Audience } from "../../log/audience.ts";
import type { WriteTransaction } from "../../log/write-transaction.ts";
import { findUsers } from "../users/index.ts";
import type { ConversationRow } from "./conversations.repository.ts";
import {
  countMembers,
  deleteMember,
  findHeir,
  insertMembers,
  setMemberRole,
  type MemberRow,
} from "./members.repository.ts";

/** Who hears of what is written in a conversation, and of its name. */
export function readersOf({ id, kind }: Pick<ConversationRow, "id" | "kind">): Audience {
  return kind === "public" ? everyone : membersOf(id);
}

/** Who hears that somebody came or went: in public only they themself, on all their devices. */
function membershipAudience({ id, kind }: ConversationRow, userId: number): Audience {
  return kind === "public" ? onlyUser(userId) : membersOf(id);
}

/** Refuses ids that name nobody. */
export async function requireUsers(
  db: Kysely<Database>,
  field: string,
  ids: readonly number[],
): Promise<void> {
  const known = new Set((await findUsers(db, ids)).map((user) => user.id));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) throw invalidField(field, `names nobody with the id ${unknown.join(", ")}`);
}

export interface Admission {
  readonly at: number;
  /** Whether they may read what was written before. */
  readonly history: "none" | "all";
  /** How far they have read; everything there is unless given. */
  readonly lastReadSeq?: number;
}

/** Takes people into a conversation that they are not in. */
export async function admitMembers(
  tx: WriteTransaction,
  conversation: ConversationRow,
  userIds: readonly number[],
  { at, history, lastReadSeq = conversation.last_seq }: Admission,
): Promise<void> {
  const { id, kind, last_seq } = conversation;
  if (kind === "group") {
    const count = (await countMembers(tx.db, [id])).get(id) ?? 0;
    if (count + userIds.length > limits.groupSize)
      throw invalidField("user_ids", `would make the group larger than ${limits.groupSize} members`);
  }
  for (const userId of userIds) {
    const position = await tx.emit({
      type: "conversation.created",
      audience: onlyUser(userId),
      subjectId: id,
      memberId: userId,
      at,
    });
    await insertMembers(tx.db, [
      {
        conversation_id: id,
        user_id: userId,
        role: "member",
        joined_at: at,
        joined_position: position,
        since_seq: history === "all" ? 0 : last_seq,
        last_read_seq: lastReadSeq,
      },
    ]);
    await tx.emit({
      type: "member.joined",
      audience: membershipAudience(conversation, userId),
      subjectId: id,
      memberId: userId,
      at,
    });
  }
}

/** Takes somebody out of a conversation. When the last owner goes, who has been there longest follows. */
export async function dismissMember(
  tx: WriteTransaction,
  conversation: ConversationRow,
  { user_id: userId, role }: Pick<MemberRow, "user_id" | "role">,
  at: number,
): Promise<void> {
  const { id } = conversation;
  await deleteMember(tx.db, id, userId);
  // Who left is no longer among the members who hear of it.
  const audiences = new Set([membershipAudience(conversation, userId), onlyUser(userId)]);
  for (const audience of audiences)
    await tx.emit({ type: "member.left", audience, subjectId: id, memberId: userId, at });

  const heir = role === "owner" ? await findHeir(tx.db, id) : undefined;
  if (heir) await changeRole(tx, conversation, heir, "owner", at);
}

/** Gives a member another role, and says so. */
export async function changeRole(
  tx: WriteTransaction,
  conversation: ConversationRow,
  member: Pick<MemberRow, "conversation_id" | "user_id">,
  role: MemberRow["role"],
  at: number,
): Promise<void> {
  await setMemberRole(tx.db, member, role);
  await tx.emit({
    type: "member.updated",
    audience: membershipAudience(conversation, member.user_id),
    subjectId: conversation.id,
    memberId: member.user_id,
    at,
  });
}
