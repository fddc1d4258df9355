import type { TRPCClient, TRPCClientError } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { ErrorCode, InputIssue } from "@causerie/shared";
import type { AppRouter } from "../../server/src/rpc/app-router.type.ts";

// Every type here is derived from the server's procedures, so none can drift from them.
export type { AppRouter, ErrorCode, InputIssue };

/** What each procedure takes. */
export type Inputs = inferRouterInputs<AppRouter>;
/** What each procedure answers. */
export type Outputs = inferRouterOutputs<AppRouter>;

/** The raw tRPC proxy: `trpc.messages.send.mutate(…)`, `trpc.events.stream.subscribe(…)`. */
export type Trpc = TRPCClient<AppRouter>;

/** What the server says of a failure. */
export type ErrorData = NonNullable<TRPCClientError<AppRouter>["data"]>;

/** A user as anybody signed in sees them. */
export type User = Outputs["users"]["get"];
/** The signed-in user: the only one whose e-mail address is shown. */
export type Self = Outputs["users"]["me"];
/** A message. `receiver_id` is null unless it is direct; `seq` counts 1, 2, 3 … within its conversation. */
export type Message = Outputs["messages"]["edit"];
/** What a send answers: the message, and whether an earlier send with the same key had stored it. */
export type SentMessage = Outputs["messages"]["send"];
/** A conversation as the caller finds it: with their role and marker, what is unread, and its newest message. */
export type ConversationState = Outputs["conversations"]["get"];
/** Conversations, the latest written in first, and the cursor of the next page. */
export type ConversationsPage = Outputs["conversations"]["list"];
/** Somebody in a conversation, and their role. */
export type Member = Outputs["conversations"]["members"]["setRole"];
/** What somebody may do in a conversation. */
export type MemberRole = Member["role"];
/** A stretch of a conversation without a gap. */
export type History = Outputs["conversations"]["history"];
/** How far the caller has read a conversation, and what is unread after it. */
export type ReadState = Outputs["conversations"]["markRead"];
/** All that a client shows first; live events go on from its `cursor`. */
export type Bootstrap = Outputs["bootstrap"];
/** A short-lived access token and the refresh token that renews it once. */
export type Tokens = Outputs["auth"]["login"];
/** A new access token; with a new refresh token when one was given. */
export type RefreshedTokens = Outputs["auth"]["refresh"];
/** A session that the browser holds in a cookie: its CSRF token, and the seconds until it ends. */
export type CookieSession = Outputs["auth"]["cookie"]["login"];
/** The seconds until the live connection must be renewed again. */
export type Renewed = Outputs["auth"]["renew"];
/** A place where the user is signed in. */
export type Session = Outputs["auth"]["sessions"]["list"][number];
/** Who has a live connection open now. */
export type ActiveUsers = Outputs["users"]["active"]["list"];
/** Whether one user has a live connection open now. */
export type ActiveStatus = Outputs["users"]["active"]["status"];
/** `recipients` is the number of users reached. */
export type BroadcastResult = Outputs["users"]["broadcast"];
/** Whether the caller is shown as typing, and until when. */
export type TypingState = Outputs["typing"]["set"];
/** A sentence about what was done. */
export type Done = Outputs["auth"]["logout"];

/** `before` walks back and `after` walks forward from an id, `limit` (1 to 100) items at a time. */
export type Page = Inputs["messages"]["list"];
/** A message to send: to a `receiver_id`, with null to everybody, or to a `conversation_id`. */
export type SendInput = Inputs["messages"]["send"];

/** What changed after a cursor, and where to go on. */
export type EventsPage = Outputs["events"]["list"];

type EventStream = AppRouter["_def"]["record"]["events"]["stream"]["_def"]["$types"]["output"];
type WatchStream = AppRouter["_def"]["record"]["presence"]["watch"]["_def"]["$types"]["output"];
type PresenceStream = AppRouter["_def"]["record"]["presence"]["stream"]["_def"]["$types"]["output"];

/**
 * What `events.subscribe` hands out. Besides stored changes there are two of its own:
 * `heartbeat` says that everything up to its cursor was delivered, and `reset` that events
 * are missing, so that what was loaded before has to be loaded again.
 */
export type ServerEvent =
  EventStream extends AsyncIterable<infer Item> ? (Item extends { data: infer Data } ? Data : never) : never;

/** A conversation of two (`direct`), of a `group`, or of everybody (`public`), as all its readers see it. */
export type Conversation = Extract<ServerEvent, { type: "conversation.updated" }>["conversation"];

/** What is left of a deleted message. */
export type DeletedMessage = Extract<ServerEvent, { type: "message.deleted" }>["message"];

/**
 * What `presence.watch` hands out: what holds now, then who comes and goes, who types, and broadcasts.
 * `presence.states` may come again when much happened at once, and replaces what was known.
 */
export type WatchEvent = WatchStream extends AsyncIterable<infer Item> ? Item : never;

/** What `presence.subscribe` hands out: who is online, then who comes and goes, and broadcasts. */
export type PresenceEvent = PresenceStream extends AsyncIterable<infer Item> ? Item : never;

/** `inactive`: connected, but without a sign of life for five minutes. */
export type UserStatus = Extract<PresenceEvent, { type: "presence.changed" }>["status"];
