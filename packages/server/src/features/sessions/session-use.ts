import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Writer } from "../../log/writer.ts";
import { noteSessionUse } from "./sessions.writes.ts";

/** `last_used_at` may be this far behind: it is not worth a write for each call. */
const granularityMs = 5 * 60_000;

export interface SessionUseDeps {
  readonly writer: Writer;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Keeps `last_used_at` true to within five minutes, beside the call that used the session. */
export function createSessionUse({ writer, clock, logger }: SessionUseDeps) {
  const underWay = new Set<string>();

  async function write(sessionId: string, now: number): Promise<void> {
    underWay.add(sessionId);
    try {
      await writer.run(noteSessionUse, { sessionId, now });
    } catch (error) {
      // A call that only reads must not fail because this could not be written; the next one tries again.
      logger.warn({ err: error }, "the last use of a session could not be noted");
    } finally {
      underWay.delete(sessionId);
    }
  }

  return function note(sessionId: string, lastUsedAt: number): void {
    const now = clock.now();
    if (now - lastUsedAt >= granularityMs && !underWay.has(sessionId)) void write(sessionId, now);
  };
}
