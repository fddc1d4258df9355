import type { Page } from "@causerie/shared";
import type { Kysely, Selectable, Updateable } from "kysely";
import type { Database } from "../../db/database.ts";
import { oneOf } from "../../db/one-of.ts";
import { prepared } from "../../db/prepared.ts";
import { readPage, type PageBounds, type PageOf } from "../../db/read-page.ts";
import { seqUpTo } from "./seq-up-to.ts";
import type { MessageTable } from "./messages.table.ts";

export type MessageRow = Selectable<MessageTable>;

/** A message as it is when it comes into being. */
export type NewMessageRow = Omit<Selectable<MessageTable>, "id" | "updated_at" | "deleted_at">;

const insert = prepared<NewMessageRow, { id: number }>((db, row) =>
  db
    .insertInto("messages")
    .values({
      conversation_id: row.conversation_id,
      seq: row.seq,
      sender_id: row.sender_id,
      receiver_id: row.receiver_id,
      content: row.content,
      reply_to: row.reply_to,
      client_message_id: row.client_message_id,
      body_hash: row.body_hash,
      created_at: row.created_at,
      updated_at: null,
      deleted_at: null,
    })
    .returning("id"),
);

export async function insertMessage(db: Kysely<Database>, message: NewMessageRow): Promise<MessageRow> {
  const [inserted] = await insert(db, message);
  if (!inserted) throw new Error("An insert returned nothing.");
  return { ...message, id: inserted.id, updated_at: null, deleted_at: null };
}

export async function findMessage(db: Kysely<Database>, id: number): Promise<MessageRow | undefined> {
  return await db.selectFrom("messages").selectAll().where("id", "=", id).executeTakeFirst();
}

export async function findMessages(db: Kysely<Database>, ids: readonly number[]): Promise<MessageRow[]> {
  if (ids.length === 0) return [];
  return await db
    .selectFrom("messages")
    .selectAll()
    .where(oneOf(db, "id", ids))
    .execute();
}

const byClientId = prepared<{ sender: number; key: string }, MessageRow>((db, { sender, key }) =>
  db.selectFrom("messages").selectAll().where("sender_id", "=", sender).where("client_message_id", "=", key),
);

export async function findByClientId(
  db: Kysely<Database>,
  senderId: number,
  clientMessageId: string,
): Promise<MessageRow | undefined> {
  const [row] = await byClientId(db, { sender: senderId, key: clientMessageId });
  return row;
}

export async function updateMessage(
  db: Kysely<Database>,
  id: number,
  changes: Updateable<MessageTable>,
): Promise<MessageRow> {
  return await db
    .updateTable("messages")
    .set(changes)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The messages of one conversation that were not deleted. */
export async function listConversation(
  db: Kysely<Database>,
  conversationId: number,
  page: Page,
): Promise<PageOf<MessageRow>> {
  return await readPage(page, async (bounds) => {
    const { direction, limit } = bounds;
    return await db
      .selectFrom("messages")
      .selectAll()
      .where("conversation_id", "=", conversationId)
      .where("seq", bounds.comparison, await seqBoundOf(db, conversationId, bounds))
      .where("deleted_at", "is", null)
      .orderBy("seq", direction)
      .limit(limit)
      .execute();
  });
}

/** The messages of a conversation from one `seq` to another, both included, but for the deleted ones. */
export async function readStretch(
  db: Kysely<Database>,
  conversationId: number,
  { from, to, order, limit }: { from: number; to: number; order: "asc" | "desc"; limit: number },
): Promise<MessageRow[]> {
  return await db
    .selectFrom("messages")
    .selectAll()
    .where("conversation_id", "=", conversationId)
    .where("seq", ">=", from)
    .where("seq", "<=", to)
    .where("deleted_at", "is", null)
    .orderBy("seq", order)
    .limit(limit)
    .execute();
}

/** A bound on ids as one on the `seq` of a conversation, where both grow together. */
async function seqBoundOf(
  db: Kysely<Database>,
  conversationId: number,
  { comparison, from }: PageBounds,
): Promise<number> {
  if (from === Number.MAX_SAFE_INTEGER) return from;
  if (comparison === ">") return await seqUpTo(db, conversationId, from);
  return (await seqUpTo(db, conversationId, from - 1)) + 1;
}
