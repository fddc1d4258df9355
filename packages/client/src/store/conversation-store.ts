import type { CauserieError } from "../errors.ts";
import type { Outbox, OutboxInput, Sending } from "../outbox/outbox.ts";
import type { Conversations } from "../resources/conversations.ts";
import type { Messages } from "../resources/messages.ts";
import type { ConversationState, Message, SendInput } from "../types.ts";
import type { ConversationEvent } from "./about-conversation.ts";
import type { ConversationItem } from "./conversation-items.ts";
import type { Screen } from "./message-window.ts";
import type { PublishedDeps } from "./published.ts";
import type { Retry } from "./retry.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** A conversation as far as it is loaded: history, what comes live, and one's own messages on their way. */
export interface ConversationSnapshot {
  /** `gone`: there is no such conversation, at least not for this user. */
  readonly status: "loading" | "ready" | "gone";
  /** Why loading failed the last time; while that may pass, it is tried again. */
  readonly error: CauserieError | null;
  /** By place, what is on its way at the end. */
  readonly items: readonly ConversationItem[];
  readonly hasOlder: boolean;
  /** Away from the live end: what comes is not shown, only counted. */
  readonly hasNewer: boolean;
  readonly isLoadingOlder: boolean;
  readonly isLoadingNewer: boolean;
  /** How many messages came behind the window since it left the live end, at most 1,000. */
  readonly newerCount: number;
}

/** One conversation. It loads when somebody listens, and is kept up to date from then on. */
export interface ConversationStore extends SnapshotStore<ConversationSnapshot> {
  readonly id: number;
  /** Loads it before anybody listens: the newest messages, or those around the marker. */
  open(at?: "end" | "marker"): Promise<void>;
  /** Loads what comes before. At the beginning nothing. */
  loadOlder(): Promise<void>;
  /** Loads what comes after. At the end nothing. */
  loadNewer(): Promise<void>;
  /** Shows the surroundings of a `seq`, however often that has to be tried. Inside the window nothing. */
  jump(seq: number): Promise<void>;
  /** The same for a message by its id. `NOT_FOUND` when it is none of this conversation. */
  jumpToMessage(messageId: number): Promise<void>;
  /** Shows the newest messages. */
  jumpToEnd(): Promise<void>;
  /** Says which messages are on the screen: those are never dropped. */
  setScreen(screen: Screen | undefined): void;
  /** Sends through the outbox: the message is among the items at once. */
  send(message: string | Pick<SendInput, "content" | "reply_to">): Sending;
  /** Marks messages as read, unless told otherwise up to the last one shown. */
  markRead(seq?: number): void;
}

/** What the rest of the store does to it. */
export interface ConversationWindow {
  readonly store: ConversationStore;
  /** An event about it. */
  onEvent(event: ConversationEvent): void;
  /** A message of one's own was stored. */
  onSent(message: Message): void;
  onHeartbeat(): void;
  /** What was missed will not come. Resolves when that is loaded again, or could not be at once. */
  reload(): Promise<void>;
  /** Its newest message: null when there is none, undefined when it does not know. */
  newest(): Message | null | undefined;
  /** Something that it shows but does not hold changed. */
  change(): void;
  /** Lets go of all it holds, until somebody listens again. */
  release(): void;
}

export interface ConversationStoreDeps extends PublishedDeps {
  readonly retry: Retry;
  readonly conversations: Pick<Conversations, "get" | "history">;
  readonly messages: Pick<Messages, "get">;
  readonly outbox: Pick<Outbox, "getSnapshot" | "send">;
  readonly userId: () => number | undefined;
  /** Which conversation a message on its way belongs to, where that is known. */
  readonly conversationOf: (input: OutboxInput) => number | undefined;
  /** What the list knows of a conversation. */
  readonly entry: (id: number) => ConversationState | undefined;
  readonly markRead: (id: number, seq: number) => void;
  readonly onGap: (gap: Gap) => void;
  /** Somebody listens now, or nobody any more. */
  readonly onHeard: (isHeard: boolean) => void;
}

/** Messages that were missing when everything up to them had been told. */
export interface Gap {
  readonly conversationId: number;
  readonly fromSeq: number;
  readonly toSeq: number;
}
