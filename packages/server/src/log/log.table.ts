import type { StoredEvent } from "@causerie/shared";

/** One row: the position of the newest event, and the epoch in which positions count. */
export interface LogHeadTable {
  id: number;
  /** Made with the database. A cursor of another epoch means nothing here. */
  epoch: string;
  position: number;
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
  created_at: number;
}
