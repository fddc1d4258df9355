import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Database } from "../../db/database.ts";

/**
 * A recursive table `search` over `conversations`, which has `conversation_id` and `last_seq`: in its rows where
 * `low = high`, `low` is the `seq` of the last message of each whose id is at most `id`, or 0. Both are given out under
 * the same lock, so they grow together, and no `seq` is missing: an id finds its place by halving, in some twenty looks
 * into one index.
 */
export function searchSeqs(conversations: RawBuilder<unknown>, id: number) {
  return sql`search (conversation_id, low, high) as (
    select conversation_id, cast(0 as bigint), last_seq from ${conversations} as searched
    union all
    select
      search.conversation_id,
      case when probe.id <= ${id} then probe.seq else search.low end,
      case when probe.id <= ${id} then search.high else probe.seq - 1 end
    from search cross join messages as probe
    where search.low < search.high
      and probe.conversation_id = search.conversation_id
      and probe.seq = (search.low + search.high + 1) / 2
  )`;
}

/** The `seq` of the last message of a conversation whose id is at most `id`; 0 when there is none. */
export async function seqUpTo(db: Kysely<Database>, conversationId: number, id: number): Promise<number> {
  const conversation = sql`(select id as conversation_id, last_seq from conversations where id = ${conversationId})`;
  const { rows } = await sql<{ seq: number }>`
    with recursive ${searchSeqs(conversation, id)} select low as seq from search where low = high`.execute(
    db,
  );
  return rows[0]?.seq ?? 0;
}
