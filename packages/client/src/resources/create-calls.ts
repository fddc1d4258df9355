import { createTRPCClient, type TRPCLink } from "@trpc/client";
import type { AppRouter, Trpc } from "../types.ts";
import { createAuth, type AuthCalls } from "./auth.ts";
import { createBootstrap, type LoadBootstrap } from "./bootstrap.ts";
import { createConversations, type Conversations } from "./conversations.ts";
import { createEventCalls, type EventCalls } from "./events.ts";
import { createMessages, type Messages } from "./messages.ts";
import { createUsers, type Users } from "./users.ts";

/** Every procedure that is called, not subscribed to. Every failure is a CauserieError. */
export interface Calls {
  readonly auth: AuthCalls;
  readonly users: Users;
  readonly messages: Messages;
  readonly conversations: Conversations;
  /** Loads all that is shown first, as of one place in the log. */
  readonly bootstrap: LoadBootstrap;
  readonly events: EventCalls;
  /** The raw tRPC client. Its failures are tRPC's own. */
  readonly trpc: Trpc;
}

/** The calls over a tRPC link. */
export function createCallsOver(link: TRPCLink<AppRouter>): Calls {
  const trpc = createTRPCClient<AppRouter>({ links: [link] });
  return {
    auth: createAuth(trpc),
    users: createUsers(trpc),
    messages: createMessages(trpc),
    conversations: createConversations(trpc),
    bootstrap: createBootstrap(trpc),
    events: createEventCalls(trpc),
    trpc,
  };
}
