import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { Database } from "../db/database.ts";

/**
 * Gives the log another epoch, for a database that went back in time: its positions will be given
 * out again, for other events. Clients with a cursor from before get a `reset`.
 */
export async function newEpoch(db: Kysely<Database>): Promise<void> {
  const epoch = randomBytes(9).toString("base64url");
  await db.updateTable("log_head").set({ epoch }).where("id", "=", 1).execute();
}
