import type { ConversationState } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import { showConversations, type ConversationRow } from "../conversations/index.ts";
import { findMessages, messageView } from "../messages/index.ts";
import { newestMessages, readInbox, type InboxRow } from "./inbox.repository.ts";

/** Where a reader's marker stands; who has no place in a public conversation has none. */
export function markerOf(place: InboxRow | undefined) {
  return { last_read_seq: place?.last_read_seq ?? 0, unread_count: place?.unread_count ?? 0 };
}

/** Conversations as `userId` finds them, in six queries however many they are. */
export async function conversationStates(
  db: Kysely<Database>,
  userId: number,
  rows: readonly ConversationRow[],
): Promise<ConversationState[]> {
  const shown = await showConversations(db, rows);
  const inbox = await readInbox(
    db,
    userId,
    rows.map((row) => row.id),
  );
  const notJoined = rows.filter((row) => !inbox.has(row.id)).map((row) => row.id);
  const newest = await newestMessages(db, notJoined);
  const newestId = (id: number) => inbox.get(id)?.last_message_id ?? newest.get(id) ?? null;
  const messages = await findMessages(
    db,
    rows.flatMap((row) => newestId(row.id) ?? []),
  );
  const byId = new Map(messages.map((message) => [message.id, message]));

  return shown.map(({ conversation, members }) => {
    const place = inbox.get(conversation.id);
    const message = byId.get(newestId(conversation.id) ?? 0);
    return {
      ...conversation,
      role: place?.role ?? null,
      ...markerOf(place),
      last_message: message ? messageView(message) : null,
      members,
    };
  });
}
