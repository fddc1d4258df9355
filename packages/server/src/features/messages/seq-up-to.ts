import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import { prepared } from "../../db/prepared.ts";

const seqOf = prepared<{ id: number; conversationId: number }, { seq: number }>(
  (db, { id, conversationId }) =>
    db
      .selectFrom("messages")
      .select("seq")
      .where("id", "=", id)
      .where("conversation_id", "=", conversationId),
);

const idAt = prepared<{ conversationId: number; seq: number }, { id: number }>(
  (db, { conversationId, seq }) =>
    db
      .selectFrom("messages")
      .select("id")
      .where("conversation_id", "=", conversationId)
      .where("seq", "=", seq),
);

const lastSeq = prepared<{ conversationId: number }, { last_seq: number }>((db, { conversationId }) =>
  db.selectFrom("conversations").select("last_seq").where("id", "=", conversationId),
);

/**
 * The `seq` of the last message of a conversation whose id is at most `id`; 0 when there is none. Both
 * are given out under the same lock, so they grow together, and no `seq` is missing: an id of
 * another conversation is found its place by halving, in some twenty looks into one index.
 */
export async function seqUpTo(db: Kysely<Database>, conversationId: number, id: number): Promise<number> {
  const [own] = await seqOf(db, { id, conversationId });
  if (own) return own.seq;
  const [conversation] = await lastSeq(db, { conversationId });
  let low = 0;
  let high = conversation?.last_seq ?? 0;
  while (low < high) {
    const seq = Math.ceil((low + high) / 2);
    const [row] = await idAt(db, { conversationId, seq });
    if (row && row.id <= id) low = seq;
    else high = seq - 1;
  }
  return low;
}
