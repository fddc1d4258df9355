import { membersOf } from "../../log/audience.ts";
import type { WriteTransaction } from "../../log/write-transaction.ts";
import {
  directKey,
  findDirect,
  insertConversation,
  type ConversationRow,
} from "./conversations.repository.ts";
import { insertMembers } from "./members.repository.ts";

/** The direct conversation of two users who exist, or of one with themself: found, or made now. */
export async function openDirect(
  tx: WriteTransaction,
  userId: number,
  otherId: number,
  at: number,
): Promise<ConversationRow> {
  const existing = await findDirect(tx.db, userId, otherId);
  if (existing) return existing;
  const created = await insertConversation(tx.db, {
    kind: "direct",
    name: null,
    direct_key: directKey(userId, otherId),
    at,
  });
  const position = await tx.emit({
    type: "conversation.created",
    audience: membersOf(created.id),
    subjectId: created.id,
    at,
  });
  await insertMembers(
    tx.db,
    [...new Set([userId, otherId])].map((memberId) => ({
      conversation_id: created.id,
      user_id: memberId,
      role: "member" as const,
      joined_at: at,
      joined_position: position,
    })),
  );
  return created;
}
