import type { StoredEvent } from "@causerie/shared";
import type { Generated } from "kysely";

/** One row: the position of the newest event, and the epoch in which positions count. */
export interface LogHeadTable {
  id: number;
  /** Made with the database. A cursor of another epoch means nothing here. */
  epoch: string;
  position: number;
  /** Events up to this position are no longer kept. */
  floor: Generated<number>;
}

/**
 * What happened, in order. A row names its subject rather than copying it, so a message's
 * text stands in one place and deleting it there deletes it everywhere.
 */
export interface EventTable {
  position: number;
  type: StoredEvent["type"];
  /** Who may see it. */
  audience: string;
  subject_id: number;
  /** The user, of an event about a member of the conversation that is its subject, or to one who came in. */
  member_id: Generated<number | null>;
  created_at: number;
}
