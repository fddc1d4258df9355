import type { CallRow, Row, StreamRow } from "../row.ts";
import { accountsRows } from "./accounts.ts";
import { authRows } from "./auth.ts";
import { conversationsRows } from "./conversations.ts";
import { eventPagesRow, liveRows } from "./live.ts";
import { membersRows } from "./members.ts";
import { messagesRows } from "./messages.ts";
import { usersRows } from "./users.ts";

export const callRows: readonly CallRow[] = [
  ...authRows,
  ...accountsRows,
  ...usersRows,
  ...messagesRows,
  ...conversationsRows,
  ...membersRows,
  eventPagesRow,
];
export const streamRows: readonly StreamRow[] = liveRows;

/** What everybody gets of every procedure. */
export const matrix: readonly Row[] = [...callRows, ...streamRows];
