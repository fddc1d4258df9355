import { createTrpc, type TrpcWays } from "../trpc/create-trpc.ts";
import type { Trpc } from "../types.ts";
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
  /** The procedures with the types of tRPC's client, by their own paths. */
  readonly trpc: Trpc;
}

export function createCallsOver(ways: TrpcWays): Calls {
  const trpc = createTrpc(ways);
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
