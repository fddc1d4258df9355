import type { StoredEvent } from "@causerie/shared";
import type { Transaction } from "kysely";
import type { Database } from "../db/database.ts";
import type { Audience } from "./audience.ts";

/** An event about to be written: what happened to which row, and who may see it. */
export interface NewEvent {
  readonly type: StoredEvent["type"];
  readonly audience: Audience;
  /** The id of the message, conversation or user it is about. */
  readonly subjectId: number;
  /** The user, when it is about a member of that conversation, or tells one who came in of it. */
  readonly memberId?: number;
  readonly at: number;
  /** What listeners get, where the write has it at hand: it spares them a look in the database. */
  readonly content?: StoredEvent;
}

/** What a write works with: the open transaction, and the events it causes. */
export interface WriteTransaction {
  readonly db: Transaction<Database>;
  /** Adds an event to the log in this transaction, and returns its position there. */
  emit(event: NewEvent): Promise<number>;
}
