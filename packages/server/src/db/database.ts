import type { RevokedTokenTable, SessionTable } from "../features/sessions/sessions.table.ts";
import type { ConversationTable, MemberTable } from "../features/conversations/conversations.table.ts";
import type { MessageTable } from "../features/messages/messages.table.ts";
import type { UserTable } from "../features/users/users.table.ts";
import type { EventTable, LogHeadTable } from "../log/log.table.ts";

/** All tables; each is described in the feature that owns it. Times are milliseconds since the epoch. */
export interface Database {
  users: UserTable;
  sessions: SessionTable;
  revoked_tokens: RevokedTokenTable;
  conversations: ConversationTable;
  members: MemberTable;
  messages: MessageTable;
  log_head: LogHeadTable;
  events: EventTable;
}
