import type { ConversationsPage } from "../types.ts";

/** Where the pages that are loaded end. */
export interface Frontier {
  readonly activity_at: string;
  readonly id: number;
  /** Leads on from there; undefined when it has to be found again. */
  readonly cursor: string | undefined;
}

/** Where a page ends; undefined when nothing comes after it. */
export function frontierOf({ conversations, next_cursor: cursor }: ConversationsPage): Frontier | undefined {
  const last = conversations.at(-1);
  return last && cursor !== null ? { activity_at: last.activity_at, id: last.id, cursor } : undefined;
}

type Position = Pick<Frontier, "activity_at" | "id">;

/** Whether `a` is further up in the list than `b`. */
export const isBefore = (a: Position, b: Position): boolean =>
  a.activity_at === b.activity_at ? a.id > b.id : a.activity_at > b.activity_at;
