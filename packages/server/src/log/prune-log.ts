import { defineWrite } from "./write.ts";

/** A few milliseconds of work: other writes wait for a batch, and go in between two. */
const batchSize = 500;

/** Deletes the oldest events made before `before`, and raises the log's floor; whether there may be others. */
export const pruneLog = defineWrite(
  "log.prune",
  async ({ db }, { before }: { before: number }): Promise<boolean> => {
    const { floor } = await db
      .selectFrom("log_head")
      .select("floor")
      .where("id", "=", 1)
      .executeTakeFirstOrThrow();
    const oldest = await db
      .selectFrom("events")
      .select(["position", "created_at"])
      .where("position", ">", floor)
      .orderBy("position")
      .limit(batchSize)
      .execute();
    const kept = oldest.findIndex((event) => event.created_at >= before);
    const expired = kept === -1 ? oldest : oldest.slice(0, kept);
    const last = expired.at(-1);
    if (!last) return false;
    await db
      .deleteFrom("events")
      .where("position", ">", floor)
      .where("position", "<=", last.position)
      .execute();
    await db.updateTable("log_head").set({ floor: last.position }).where("id", "=", 1).execute();
    return expired.length === batchSize;
  },
);
