import type { StoredEvent } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import type { LogEntry } from "../../log/log-reader.ts";
import type { PlacedEvent } from "../../realtime/placed-event.ts";
import {
  findConversations,
  findNamedMembers,
  memberView,
  showConversations,
} from "../conversations/index.ts";
import { deletedMessageView, findMessages, messageView, type MessageRow } from "../messages/index.ts";
import { findUsers, userView } from "../users/index.ts";

/**
 * Turns log entries into events with one query per kind of subject. Entries whose subject
 * is gone are left out, and so are the creation and edits of a message or user deleted since:
 * the deletion, which comes later in the log, says all there is left to say. Likewise of a
 * member who has left since.
 */
export async function loadEvents(db: Kysely<Database>, entries: readonly LogEntry[]): Promise<PlacedEvent[]> {
  const subjects = await loadSubjects(db, entries);
  return entries.flatMap((entry) => {
    const event = eventOf(entry, subjects);
    return event ? [{ position: entry.position, event }] : [];
  });
}

type Subjects = Awaited<ReturnType<typeof loadSubjects>>;

async function loadSubjects(db: Kysely<Database>, entries: readonly LogEntry[]) {
  const idsOf = (...types: readonly StoredEvent["type"][]) => [
    ...new Set(entries.filter(({ type }) => types.includes(type)).map((entry) => entry.subject_id)),
  ];
  const aboutMembers = entries.filter(({ member_id, type }) => member_id !== null && type !== "member.left");
  const conversations = await findConversations(db, idsOf("conversation.created", "conversation.updated"));
  const members = await findNamedMembers(
    db,
    [...new Set(aboutMembers.map((entry) => entry.subject_id))],
    [...new Set(aboutMembers.map((entry) => Number(entry.member_id)))],
  );
  const memberKey = (conversationId: number, userId: number | null) => `${conversationId}:${userId}`;
  const byPlace = new Map(members.map((row) => [memberKey(row.conversation_id, row.user_id), row]));
  return {
    messages: byId(await findMessages(db, idsOf("message.created", "message.updated", "message.deleted"))),
    conversations: byId((await showConversations(db, conversations)).map(({ conversation }) => conversation)),
    users: byId((await findUsers(db, idsOf("user.created", "user.updated"))).map(userView)),
    memberOf: (entry: LogEntry) => byPlace.get(memberKey(entry.subject_id, entry.member_id)),
  };
}

function eventOf(entry: LogEntry, subjects: Subjects): StoredEvent | undefined {
  const { type, subject_id: id } = entry;
  switch (type) {
    case "message.created":
    case "message.updated":
    case "message.deleted":
      return messageEvent(type, subjects.messages.get(id));
    case "conversation.created":
    case "conversation.updated": {
      // Told to one person who was let in: it shows the conversation as it is now, so only while they are.
      if (entry.member_id !== null && !subjects.memberOf(entry)) return undefined;
      const conversation = subjects.conversations.get(id);
      return conversation && { type, conversation };
    }
    case "conversation.read": {
      const member = subjects.memberOf(entry);
      return member && { type, conversation_id: id, last_read_seq: member.last_read_seq };
    }
    case "member.joined":
    case "member.updated": {
      const member = subjects.memberOf(entry);
      return member && { type, conversation_id: id, member: memberView(member) };
    }
    case "member.left":
      return { type, conversation_id: id, user_id: Number(entry.member_id) };
    case "user.created":
    case "user.updated": {
      const user = subjects.users.get(id);
      return user && { type, user };
    }
    case "user.deleted":
      return { type, user_id: id };
  }
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
