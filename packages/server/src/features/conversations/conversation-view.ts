import type { Conversation } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import { isoTime } from "../../lib/clock.ts";
import { membersByConversation, type ConversationRow } from "./conversations.repository.ts";

/** Conversations as the contract shows them, with their members from one query. */
export async function conversationViews(
  db: Kysely<Database>,
  rows: readonly ConversationRow[],
): Promise<Conversation[]> {
  const closed = rows.filter((row) => row.kind !== "public");
  const members = await membersByConversation(
    db,
    closed.map((row) => row.id),
  );
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    name: row.name,
    member_ids: row.kind === "public" ? null : (members.get(row.id) ?? []),
    last_seq: row.last_seq,
    created_at: isoTime(row.created_at),
  }));
}
