import type { StoredEvent } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import type { LogEntry } from "../../log/log-reader.ts";
import { conversationViews, findConversations } from "../conversations/index.ts";
import { deletedMessageView, findMessages, messageView, type MessageRow } from "../messages/index.ts";
import { findUsers, userView } from "../users/index.ts";

export interface LoadedEvent {
  readonly position: number;
  readonly event: StoredEvent;
}

/**
 * Turns log entries into events with one query per kind of subject. Entries whose subject
 * is gone are left out, and so are the creation and edits of a message or user deleted since:
 * the deletion, which comes later in the log, says all there is left to say.
 */
export async function loadEvents(db: Kysely<Database>, entries: readonly LogEntry[]): Promise<LoadedEvent[]> {
  const idsOf = (prefix: string) => [
    ...new Set(entries.filter((entry) => entry.type.startsWith(prefix)).map((entry) => entry.subject_id)),
  ];
  const [messages, conversations, users] = await Promise.all([
    findMessages(db, idsOf("message.")).then(byId),
    findConversations(db, idsOf("conversation."))
      .then((rows) => conversationViews(db, rows))
      .then(byId),
    findUsers(db, idsOf("user.")).then((rows) => byId(rows.map(userView))),
  ]);

  function eventOf({ type, subject_id: id }: LogEntry): StoredEvent | undefined {
    switch (type) {
      case "message.created":
      case "message.updated":
      case "message.deleted":
        return messageEvent(type, messages.get(id));
      case "conversation.created": {
        const conversation = conversations.get(id);
        return conversation && { type, conversation };
      }
      case "user.created":
      case "user.updated": {
        const user = users.get(id);
        return user && { type, user };
      }
      case "user.deleted":
        return { type, user_id: id };
    }
  }

  const loaded: LoadedEvent[] = [];
  for (const entry of entries) {
    const event = eventOf(entry);
    if (event) loaded.push({ position: entry.position, event });
  }
  return loaded;
}

function messageEvent(
  type: "message.created" | "message.updated" | "message.deleted",
  row: MessageRow | undefined,
): StoredEvent | undefined {
  if (!row) return undefined;
  if (type === "message.deleted") {
    return row.deleted_at === null ? undefined : { type, message: deletedMessageView(row, row.deleted_at) };
  }
  return row.deleted_at === null ? { type, message: messageView(row) } : undefined;
}

function byId<Item extends { readonly id: number }>(items: readonly Item[]): Map<number, Item> {
  return new Map(items.map((item) => [item.id, item]));
}
