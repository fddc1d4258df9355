import type { Page } from "@causerie/shared";
import type { Insertable, Kysely, Selectable, Updateable } from "kysely";
import type { Database } from "../../db/database.ts";
import { oneOf } from "../../db/one-of.ts";
import { readPage, type PageOf } from "../../db/read-page.ts";
import type { MessageTable } from "./messages.table.ts";

export type MessageRow = Selectable<MessageTable>;

export async function insertMessage(
  db: Kysely<Database>,
  message: Insertable<MessageTable>,
): Promise<MessageRow> {
  return await db.insertInto("messages").values(message).returningAll().executeTakeFirstOrThrow();
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

export async function findByClientId(
  db: Kysely<Database>,
  senderId: number,
  clientMessageId: string,
): Promise<MessageRow | undefined> {
  return await db
    .selectFrom("messages")
    .selectAll()
    .where("sender_id", "=", senderId)
    .where("client_message_id", "=", clientMessageId)
    .executeTakeFirst();
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
  return await readPage(page, ({ comparison, from, direction, limit }) =>
    db
      .selectFrom("messages")
      .selectAll()
      .where("conversation_id", "=", conversationId)
      .where("deleted_at", "is", null)
      .where("id", comparison, from)
      .orderBy("id", direction)
      .limit(limit)
      .execute(),
  );
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

/**
 * The direct messages that `userId` sent or received, and what the lobby holds. Each of the three is read from
 * its own index, a page at the most, so the cost does not grow with the table.
 */
export async function listForUser(
  db: Kysely<Database>,
  userId: number,
  lobbyId: number,
  page: Page,
): Promise<PageOf<MessageRow>> {
  return await readPage(page, ({ comparison, from, direction, limit }) => {
    const ids = (column: "sender_id" | "receiver_id" | "conversation_id", value: number) =>
      db
        .selectFrom(
          db
            .selectFrom("messages")
            .select("id")
            .where(column, "=", value)
            .where("deleted_at", "is", null)
            .$if(column === "sender_id", (query) => query.where("receiver_id", "is not", null))
            .where("id", comparison, from)
            .orderBy("id", direction)
            .limit(limit)
            .as("part"),
        )
        .select("id");
    return db
      .selectFrom("messages")
      .selectAll()
      .where(
        "id",
        "in",
        ids("sender_id", userId).union(ids("receiver_id", userId)).union(ids("conversation_id", lobbyId)),
      )
      .orderBy("id", direction)
      .limit(limit)
      .execute();
  });
}
