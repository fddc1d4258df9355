import { deleteAllSessions } from "../features/sessions/index.ts";
import { newEpoch } from "../log/new-epoch.ts";
import type { WriteTransaction } from "../log/write-transaction.ts";

/**
 * What a database needs that went back in time. Cursors given out since must not meet other events
 * at the same positions. Nor may a session live again that has been ended since: all of them end.
 */
export async function afterRestore({ db }: WriteTransaction): Promise<void> {
  await newEpoch(db);
  await deleteAllSessions(db);
}
