/**
 * Every size the contract promises, in one place. Lengths count Unicode code
 * points unless the name says bytes; times are in milliseconds.
 */
export const limits = {
  nameLength: 50,
  emailLength: 100,
  passwordMinLength: 8,
  passwordMaxLength: 128,
  contentLength: 4000,
  contentBytes: 16 * 1024,
  clientMessageIdLength: 64,
  /** Most items a page may ask for with `limit`. */
  pageSize: 100,
  /** Items of a list that is asked for without parameters. */
  listSize: 1000,
  /** Members of a group, its owner included. */
  groupSize: 1000,
  /** Members that one call may add. */
  membersAdded: 100,
  /** Members that a conversation shows by itself; the rest are listed on demand. */
  membersShown: 20,
  /** Unread messages are counted no further. */
  unreadCount: 1000,
  /** Conversations in a snapshot. */
  bootstrapConversations: 50,
  bodyBytes: 64 * 1024,
  frameBytes: 64 * 1024,
  /** Calls of one HTTP request. */
  batchSize: 10,
  /** Messages of one socket frame: a client starts all its subscriptions in one after a reconnect. */
  socketBatchSize: 50,
  subscriptionsPerSocket: 50,
  /** Users whose presence one subscription watches. */
  watchedUsers: 200,
  /** Conversations in which one subscription hears who types. */
  watchedConversations: 50,
  /** Unsent bytes a socket may hold before it is closed as too slow. */
  outboxBytes: 1024 * 1024,
  socketAuthMs: 5_000,
  pingMs: 25_000,
  pongWaitMs: 10_000,
  heartbeatMs: 25_000,
  /** How long a socket vouches for its user after its last sign of life; the connection is cut before. */
  leaseMs: 40_000,
  offlineGraceMs: 3_000,
  inactiveAfterMs: 5 * 60_000,
  /** Watchers hear of changes of presence in batches: of each user the last state, if it is another. */
  presenceBatchMs: 1_000,
  /** Who types is shown so long, unless it is said again. */
  typingMs: 6_000,
} as const;
