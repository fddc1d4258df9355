import type { TRPCRouterRecord } from "@trpc/server";
import { authProcedures } from "../features/auth/auth.procedures.ts";
import { conversationsProcedures } from "../features/conversations/conversations.procedures.ts";
import { inboxProcedures } from "../features/inbox/inbox.procedures.ts";
import { eventsProcedures } from "../features/events/events.procedures.ts";
import { messagesProcedures } from "../features/messages/messages.procedures.ts";
import { presenceProcedures } from "../features/presence/presence.procedures.ts";
import { typingProcedures } from "../features/typing/typing.procedures.ts";
import { usersProcedures } from "../features/users/users.procedures.ts";

/** Every procedure, as plain records: their type carries no context, so it can be published. */
export const appRecord = {
  ...inboxProcedures,
  auth: authProcedures,
  users: usersProcedures,
  messages: messagesProcedures,
  conversations: conversationsProcedures,
  events: eventsProcedures,
  presence: presenceProcedures,
  typing: typingProcedures,
} satisfies TRPCRouterRecord;
