import type { Kysely, Selectable, Updateable } from "kysely";
import type { Database } from "../../db/database.ts";
import type { SessionTable } from "./sessions.table.ts";

export type SessionRow = Selectable<SessionTable>;

/** Stores a session, and forgets those that have ended, so that the table stays bounded. */
export async function insertSession(db: Kysely<Database>, session: SessionRow): Promise<void> {
  await db.deleteFrom("sessions").where("expires_at", "<=", session.created_at).execute();
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

/** When the token's session was last used; undefined when it is over or the token was revoked on its own. */
export async function findTokenUse(
  db: Kysely<Database>,
  token: { sessionId: string; tokenId: string },
  now: number,
): Promise<{ last_used_at: number } | undefined> {
  return await db
    .selectFrom("sessions")
    .leftJoin("revoked_tokens", (join) => join.on("revoked_tokens.id", "=", token.tokenId))
    .select("sessions.last_used_at")
    .where("sessions.id", "=", token.sessionId)
    .where("sessions.revoked_at", "is", null)
    .where("sessions.expires_at", ">", now)
    .where("revoked_tokens.id", "is", null)
    .executeTakeFirst();
}

/** The user's live sessions, the one last used first. */
export async function listLiveSessions(
  db: Kysely<Database>,
  userId: number,
  now: number,
  limit: number,
): Promise<SessionRow[]> {
  return await db
    .selectFrom("sessions")
    .selectAll()
    .where("user_id", "=", userId)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", now)
    .orderBy("last_used_at", "desc")
    .orderBy("id")
    .limit(limit)
    .execute();
}

export async function updateSession(
  db: Kysely<Database>,
  id: string,
  changes: Updateable<SessionTable>,
): Promise<void> {
  await db.updateTable("sessions").set(changes).where("id", "=", id).execute();
}

/** Which sessions of a user to end: one, all but one, or all. */
export type SessionChoice = { readonly id: string } | { readonly exceptId: string } | "all";

/** Ends the chosen sessions of the user, those that live, and returns their ids. */
export async function revokeSessions(
  db: Kysely<Database>,
  userId: number,
  choice: SessionChoice,
  now: number,
): Promise<string[]> {
  let chosen = db.updateTable("sessions").set({ revoked_at: now }).where("user_id", "=", userId);
  if (choice !== "all") {
    chosen = "id" in choice ? chosen.where("id", "=", choice.id) : chosen.where("id", "!=", choice.exceptId);
  }
  const ended = await chosen
    .where("revoked_at", "is", null)
    .where("expires_at", ">", now)
    .returning("id")
    .execute();
  return ended.map(({ id }) => id);
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

/** Ends every session of everybody, and all that is known of their tokens. */
export async function deleteAllSessions(db: Kysely<Database>): Promise<void> {
  await db.deleteFrom("revoked_tokens").execute();
  await db.deleteFrom("sessions").execute();
}
