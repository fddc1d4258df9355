import type { Insertable, Kysely, Selectable, Updateable } from "kysely";
import type { Database } from "../../db/database.ts";
import type { SessionTable } from "./sessions.table.ts";

export type SessionRow = Selectable<SessionTable>;

export async function insertSession(db: Kysely<Database>, session: Insertable<SessionTable>): Promise<void> {
  await db.insertInto("sessions").values(session).execute();
}

/** A session that was neither revoked nor has ended. */
export async function findLiveSession(
  db: Kysely<Database>,
  id: string,
  now: number,
): Promise<SessionRow | undefined> {
  return await db
    .selectFrom("sessions")
    .selectAll()
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", now)
    .executeTakeFirst();
}

/** Whether the session lives and the token was not revoked on its own. */
export async function isTokenAlive(
  db: Kysely<Database>,
  token: { sessionId: string; tokenId: string },
  now: number,
): Promise<boolean> {
  const row = await db
    .selectFrom("sessions")
    .leftJoin("revoked_tokens", (join) => join.on("revoked_tokens.id", "=", token.tokenId))
    .select("revoked_tokens.id as revoked_token")
    .where("sessions.id", "=", token.sessionId)
    .where("sessions.revoked_at", "is", null)
    .where("sessions.expires_at", ">", now)
    .executeTakeFirst();
  return row !== undefined && row.revoked_token === null;
}

export async function updateSession(
  db: Kysely<Database>,
  id: string,
  changes: Updateable<SessionTable>,
): Promise<void> {
  await db.updateTable("sessions").set(changes).where("id", "=", id).execute();
}

/** Ends the user's live sessions but for `exceptId`, and returns their ids. */
export async function revokeOtherSessions(
  db: Kysely<Database>,
  userId: number,
  exceptId: string,
  now: number,
): Promise<string[]> {
  const ended = await db
    .updateTable("sessions")
    .set({ revoked_at: now })
    .where("user_id", "=", userId)
    .where("id", "!=", exceptId)
    .where("revoked_at", "is", null)
    .returning("id")
    .execute();
  return ended.map((session) => session.id);
}

/** Revokes one access token until it would have expired, and forgets those that have. */
export async function revokeToken(
  db: Kysely<Database>,
  id: string,
  expiresAt: number,
  now: number,
): Promise<void> {
  await db.deleteFrom("revoked_tokens").where("expires_at", "<=", now).execute();
  await db
    .insertInto("revoked_tokens")
    .values({ id, expires_at: expiresAt })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

/** Forgets the sessions that have ended, so that the table stays bounded. */
export async function deleteEndedSessions(db: Kysely<Database>, now: number): Promise<void> {
  await db.deleteFrom("sessions").where("expires_at", "<=", now).execute();
}

/** Ends every session of everybody, and all that is known of their tokens. */
export async function deleteAllSessions(db: Kysely<Database>): Promise<void> {
  await db.deleteFrom("revoked_tokens").execute();
  await db.deleteFrom("sessions").execute();
}
