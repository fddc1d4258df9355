export type { ClientEvents } from "./client-events.ts";
export type { AttemptFailed, ProbeCause } from "./connection/connection-events.ts";
export type { ClosedReason, ConnectionState } from "./connection/connection-state.ts";
export type { Transport } from "./connection/link.ts";
export { createCalls, type CallsOptions } from "./create-calls.ts";
export { createClient, type Client, type ClientOptions } from "./create-client.ts";
export { CauserieError, type CauserieErrorCode } from "./errors.ts";
export type { FeedEvent, FeedResetReason } from "./feed/feed.ts";
export type { Failure } from "./lib/emitter.ts";
export { indexedDbOutbox } from "./outbox/indexed-db-outbox.ts";
export { memoryOutboxStorage } from "./outbox/memory-outbox-storage.ts";
export type {
  CancelResult,
  Outbox,
  OutboxChange,
  OutboxInput,
  OutboxItem,
  OutboxStorage,
  OutboxUser,
  Sending,
} from "./outbox/outbox.ts";
export type { Clock } from "./platform/clock.ts";
export type { Channel, Locks, Platform, Signal, Signals } from "./platform/platform.ts";
export type { AuthCalls } from "./resources/auth.ts";
export type { LoadBootstrap } from "./resources/bootstrap.ts";
export type { CallOptions } from "./resources/call-options.ts";
export type { Conversations } from "./resources/conversations.ts";
export type { Calls } from "./resources/create-calls.ts";
export type { EventCalls, EventHandlers, Events } from "./resources/events.ts";
export type { Messages } from "./resources/messages.ts";
export type { Presence } from "./resources/presence.ts";
export type { Auth } from "./resources/signing-auth.ts";
export type { SubscribeOptions, Subscription } from "./resources/subscription.ts";
export type { Typing } from "./resources/typing.ts";
export type { Users } from "./resources/users.ts";
export type { SessionOptions } from "./session/choose-session.ts";
export { localStorageStorage } from "./session/local-storage.ts";
export { memoryStorage } from "./session/memory-storage.ts";
export type { AuthLostReason } from "./session/session.ts";
export type { StoredSession, TokenStorage } from "./session/token-storage.ts";
export type { ConversationItem, PendingItem, SentItem } from "./store/conversation-items.ts";
export type { ConversationList, ConversationListSnapshot } from "./store/conversation-list.ts";
export type { ConversationSnapshot, ConversationStore, Gap } from "./store/conversation-store.ts";
export type { Stores } from "./store/create-stores.ts";
export type { KnownStatus, PresenceStore } from "./store/presence-store.ts";
export type { SnapshotStore } from "./store/snapshot-store.ts";
export type { TypingStore } from "./store/typing-store.ts";
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
  ErrorData,
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
