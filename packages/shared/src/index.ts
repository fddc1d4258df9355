export { closeCodes, compatCloseCodes, type CloseCode, type CloseDuty } from "./close-codes.ts";
export {
  conversation,
  conversationIdInput,
  conversationKinds,
  conversationsListInput,
  type Conversation,
} from "./conversation.ts";
export { errors, type ErrorCode, type ErrorEntry, type InputIssue } from "./errors.ts";
export {
  cursorInput,
  resetReasons,
  serverEvent,
  streamInput,
  type ResetReason,
  type ServerEvent,
  type StoredEvent,
} from "./events.ts";
export { id, idInput, timestamp } from "./ids.ts";
export { limits } from "./limits.ts";
export {
  clientMessageIdInput,
  deletedMessage,
  editInput,
  message,
  messageConversationInput,
  messageIdInput,
  messagesListInput,
  sendInput,
  sentMessage,
  type DeletedMessage,
  type Message,
  type SendInput,
  type SentMessage,
} from "./message.ts";
export { pageFields, type Page } from "./paging.ts";
export {
  activeStatus,
  activeUsers,
  presenceEvent,
  userStatuses,
  type ActiveUsers,
  type PresenceEvent,
  type UserStatus,
} from "./presence.ts";
export { problem, type Problem } from "./problem.ts";
export {
  connectionLimits,
  rateLimits,
  signInBackoff,
  type RateLimit,
  type RateLimitRule,
  type RateWindow,
} from "./rate-limits.ts";
export {
  done,
  loginInput,
  refreshedTokens,
  refreshInput,
  registerInput,
  tokenInput,
  tokens,
  type Done,
  type RefreshedTokens,
  type Tokens,
} from "./session.ts";
export { codePoints, foldKey, text, type TextRules } from "./text.ts";
export {
  broadcastInput,
  broadcastResult,
  self,
  updateMeInput,
  user,
  userIdInput,
  usersListInput,
  type Self,
  type User,
} from "./user.ts";
