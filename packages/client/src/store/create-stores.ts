import type { Connection } from "../connection/connection.ts";
import type { Feed } from "../feed/feed.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { createScope } from "../lib/scope.ts";
import type { Clock } from "../platform/clock.ts";
import type { Signals } from "../platform/platform.ts";
import type { LoadBootstrap } from "../resources/bootstrap.ts";
import type { Conversations } from "../resources/conversations.ts";
import type { Messages } from "../resources/messages.ts";
import type { Typing } from "../resources/typing.ts";
import type { Message } from "../types.ts";
import type { ConversationList } from "./conversation-list.ts";
import type { ConversationStore, Gap } from "./conversation-store.ts";
import { createConversationWindows } from "./conversation-windows.ts";
import { createConversationList } from "./create-conversation-list.ts";
import { createPresenceStore, type PresenceStore } from "./presence-store.ts";
import { createRetry } from "./retry.ts";
import { createTurn } from "./turn.ts";
import { createTypingStore, type TypingStore } from "./typing-store.ts";
import { createWatch } from "./watch.ts";

/** All that can be shown, kept up to date while somebody listens. */
export interface Stores {
  readonly list: ConversationList;
  /** The store of one conversation. */
  conversation(id: number): ConversationStore;
  readonly presence: PresenceStore;
  readonly typing: TypingStore;
  /** A message on its way was stored: its place is known before its event comes. */
  onSent(message: Message): void;
  /** The direct conversation with somebody, or with null that of everybody, where it is known. */
  conversationWith(receiverId: number | null): number | undefined;
  /** Forgets everything, as when the account is gone or somebody signs out. */
  clear(): void;
  /** Lets go of everything. */
  close(): void;
}

export interface StoresDeps {
  readonly feed: Feed;
  readonly connection: Pick<Connection, "link" | "onLink">;
  /** May be made later than the stores. */
  readonly outbox: Pick<Outbox, "getSnapshot" | "subscribe" | "send">;
  readonly conversations: Pick<Conversations, "get" | "history" | "list" | "markRead">;
  readonly messages: Pick<Messages, "get">;
  readonly typing: Typing;
  readonly bootstrap: LoadBootstrap;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly random: () => number;
  /** Somebody begins to listen to a store: a connection is wanted. */
  readonly onWanted: () => void;
  readonly onGap: (gap: Gap) => void;
  /** Something of the app's failed, or a call that nobody waits for. */
  readonly report: (where: string, cause: unknown) => void;
}

export function createStores(deps: StoresDeps): Stores {
  const { feed, outbox, onWanted } = deps;
  const scope = createScope(deps.clock);
  const clock: Clock = { now: () => deps.clock.now(), after: scope.after };
  const retry = createRetry({ ...deps, clock, scope });
  const common = { ...deps, clock, retry, turn: createTurn(clock) };

  const model = createConversationList({
    ...common,
    newest: (id) => windows.newest(id),
    onHeard: (isHeard) => isHeard && onWanted(),
  });
  const windows = createConversationWindows({
    ...common,
    userId: model.userId,
    conversationOf: model.conversationOf,
    entry: model.list.get,
    markRead: model.list.markRead,
    onOpen(id) {
      onWanted();
      model.need(id);
    },
  });

  const presence = createPresenceStore(common, wantWatch);
  const typing = createTypingStore(common, wantWatch);
  const watch = createWatch({
    ...common,
    wantedUsers: presence.wanted,
    wantedConversations: typing.wanted,
    onEvent(event) {
      presence.onEvent(event);
      typing.onEvent(event);
    },
  });
  function wantWatch(): void {
    onWanted();
    watch.plan();
  }

  for (const stop of [
    // A deleted message is replaced in the list by the newest one of the window, so that comes first.
    feed.onEvent((event) => {
      windows.onEvent(event);
      model.onEvent(event);
    }),
    feed.onHeartbeat(() => {
      windows.onHeartbeat();
      model.onHeartbeat();
    }),
    feed.onOutcome(async (outcome) => {
      if (outcome.outcome !== "reset") return;
      model.reset(outcome.snapshot);
      windows.change();
      await windows.reload();
    }),
    outbox.subscribe(() => windows.change()),
    watch.close,
  ])
    scope.own(stop);

  return {
    list: model.list,
    conversation: windows.get,
    presence,
    typing,
    onSent(message) {
      windows.onSent(message);
      model.onSent(message);
    },
    conversationWith: (receiverId) => model.conversationOf({ receiver_id: receiverId, content: "" }),
    clear() {
      windows.clear();
      model.clear();
    },
    close: scope.end,
  };
}
