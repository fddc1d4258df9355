import type { FeedEvent } from "../feed/feed.ts";
import type { OutboxInput } from "../outbox/outbox.ts";
import type { Clock } from "../platform/clock.ts";
import type { LoadBootstrap } from "../resources/bootstrap.ts";
import type { Conversations } from "../resources/conversations.ts";
import type { Bootstrap, ConversationState, Message } from "../types.ts";
import type { PublishedDeps } from "./published.ts";
import type { Retry } from "./retry.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** The user's conversations, the latest written in first, as far as they are loaded. */
export interface ConversationListSnapshot {
  readonly status: "loading" | "ready";
  readonly conversations: readonly ConversationState[];
  /** Whether there are more than these. */
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** The unread messages of all conversations, also of those that are not loaded. */
  readonly unreadTotal: number;
  /** False while it may be off: some of those that are not loaded changed. */
  readonly isUnreadTotalExact: boolean;
}

export interface ConversationList extends SnapshotStore<ConversationListSnapshot> {
  /** One that is known, whether it is among those shown or not. */
  get(id: number): ConversationState | undefined;
  /** Loads the next page, if there is one. */
  loadMore(): Promise<void>;
  /** Moves the marker at once, and tells the server. */
  markRead(id: number, seq: number): void;
}

/** What the rest of the store does to it. */
export interface ConversationListModel {
  readonly list: ConversationList;
  userId(): number | undefined;
  onEvent(event: FeedEvent): void;
  onSent(message: Message): void;
  onHeartbeat(): void;
  /** Begins anew with what holds now. */
  reset(snapshot: Bootstrap): void;
  /** Asks about a conversation that is not known. */
  need(id: number): void;
  conversationOf(input: OutboxInput): number | undefined;
  clear(): void;
}

export interface ConversationListDeps extends PublishedDeps {
  readonly clock: Clock;
  readonly retry: Retry;
  readonly conversations: Pick<Conversations, "get" | "list" | "markRead">;
  readonly bootstrap: LoadBootstrap;
  /** The newest message that an open window holds: null when there is none, undefined when it does not know. */
  readonly newest: (id: number) => Message | null | undefined;
  readonly onHeard: (isHeard: boolean) => void;
}
