import type { History, HistoryInput } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import { invalidField } from "../../lib/domain-error.ts";
import { requirePlace } from "../conversations/index.ts";
import { messageView } from "./message-view.ts";
import { readStretch } from "./messages.repository.ts";

const defaultLimit = 50;

/**
 * Reads a stretch of a conversation: the newest messages, or those before, after or around
 * a `seq`. What was written before a member came does not exist for them, unless it was
 * shared with them.
 */
export async function readHistory(
  db: Kysely<Database>,
  userId: number,
  { conversation_id: id, before, after, around, limit = defaultLimit }: HistoryInput,
): Promise<History> {
  if ([before, after, around].filter((seq) => seq !== undefined).length > 1)
    throw invalidField("before", "cannot be combined with after or around");
  const { conversation, member } = await requirePlace(db, userId, id);
  const first = (member?.since_seq ?? 0) + 1;
  const end = conversation.last_seq + 1;

  // Older messages come before `middle`, newer ones from it on.
  const asked = around ?? before ?? (after === undefined ? end : after + 1);
  const middle = Math.min(Math.max(asked, first), Math.max(end, first));
  const newerLimit = around !== undefined ? Math.ceil(limit / 2) : after !== undefined ? limit : 0;

  const older = await readOlder(db, id, { first, middle, limit: limit - newerLimit });
  const newer = await readNewer(db, id, { middle, end, limit: newerLimit });
  return {
    messages: [...older.rows, ...newer.rows].map(messageView),
    from_seq: older.from,
    to_seq: newer.to,
    has_older: older.from > first,
    has_newer: newer.to < conversation.last_seq,
  };
}

interface Older {
  readonly first: number;
  readonly middle: number;
  readonly limit: number;
}

/** Up to `limit` messages before `middle`, and from where on nothing is missing. */
async function readOlder(db: Kysely<Database>, id: number, { first, middle, limit }: Older) {
  if (limit === 0) return { rows: [], from: middle };
  const found = await readStretch(db, id, { from: first, to: middle - 1, order: "desc", limit: limit + 1 });
  const rows = found.slice(0, limit).reverse();
  return { rows, from: found.length > limit ? (rows[0]?.seq ?? first) : first };
}

interface Newer {
  readonly middle: number;
  readonly end: number;
  readonly limit: number;
}

/** Up to `limit` messages from `middle` on, and up to where nothing is missing. */
async function readNewer(db: Kysely<Database>, id: number, { middle, end, limit }: Newer) {
  if (limit === 0) return { rows: [], to: middle - 1 };
  const found = await readStretch(db, id, { from: middle, to: end - 1, order: "asc", limit: limit + 1 });
  const rows = found.slice(0, limit);
  return { rows, to: found.length > limit ? (rows.at(-1)?.seq ?? end - 1) : end - 1 };
}
