export type { CallOptions } from "./call.ts";
export { createClient, type Client, type ClientOptions } from "./create-client.ts";
export { CauserieError, type CauserieErrorCode } from "./errors.ts";
export type { SubscribeOptions, Subscription } from "./live/subscription.ts";
export type { Auth } from "./resources/auth.ts";
export type { LoadBootstrap } from "./resources/bootstrap.ts";
export type { Conversations } from "./resources/conversations.ts";
export type { Events, EventsOptions } from "./resources/events.ts";
export type { Messages } from "./resources/messages.ts";
export type { Presence } from "./resources/presence.ts";
export type { Typing } from "./resources/typing.ts";
export type { Users } from "./resources/users.ts";
export type { TokenSource } from "./token.ts";
export type {
  ActiveStatus,
  ActiveUsers,
  AppRouter,
  Bootstrap,
  BroadcastResult,
  Conversation,
  ConversationsPage,
  ConversationState,
  CookieSession,
  DeletedMessage,
  Done,
  ErrorCode,
  EventsPage,
  History,
  InputIssue,
  Inputs,
  Member,
  MemberRole,
  Message,
  Outputs,
  Page,
  PresenceEvent,
  ReadState,
  RefreshedTokens,
  Renewed,
  Self,
  SendInput,
  SentMessage,
  ServerEvent,
  Session,
  Tokens,
  Trpc,
  TypingState,
  User,
  UserStatus,
  WatchEvent,
} from "./types.ts";
