import type { ConnectionState } from "../connection/connection-state.ts";
import type { Link, Subscriber } from "../connection/link.ts";
import { CauserieError } from "../errors.ts";
import type { Feed, FeedEvent } from "../feed/feed.ts";
import type { OutboxItem } from "../outbox/outbox.ts";
import { createStores } from "../store/create-stores.ts";
import { createVirtualClock } from "../testing/virtual-clock.ts";
import type { ConversationState, Message, WatchEvent } from "../types.ts";
import type { ReactClient } from "./react-client.ts";

export const me = 1;
export const other = 2;

/** The real stores, and by hand what would come from a server. */
export function createReactStage(conversationIds: readonly number[] = [10, 20]) {
  const clock = createVirtualClock();
  const history = new Map<number, Message[]>(conversationIds.map((id) => [id, []]));
  /** Who asked for which conversations; answered when told. */
  const loads: { readonly id: number; readonly arrive: () => void }[] = [];
  let isHeldBack = false;
  let lastId = 0;

  const eventHandlers = new Set<Parameters<Feed["onEvent"]>[0]>();
  const outcomeHandlers = new Set<Parameters<Feed["onOutcome"]>[0]>();
  const feed: Feed = {
    onEvent: (handler) => added(eventHandlers, handler),
    onOutcome: (handler) => added(outcomeHandlers, handler),
    onHeartbeat: () => () => undefined,
  };

  let state: ConnectionState = { state: "offline", reason: "idle" };
  const stateListeners = new Set<() => void>();
  const watches: { readonly input: unknown; readonly subscriber: Subscriber; isStopped: boolean }[] = [];
  const link: Link = {
    transport: "websocket",
    call: () => Promise.reject(new CauserieError("NETWORK", "The stores do not call over the link.")),
    subscribe({ input }, subscriber) {
      const watch = { input, subscriber, isStopped: false };
      watches.push(watch);
      return () => (watch.isStopped = true);
    },
    ping: () => undefined,
    close: () => undefined,
  };

  let items: readonly OutboxItem[] = [];
  const outboxListeners = new Set<() => void>();
  const typed: { readonly conversation_id: number; readonly typing: boolean }[] = [];

  function page(id: number, before = Infinity) {
    const all = history.get(id) ?? [];
    const messages = all.filter(({ seq }) => seq < before).slice(-50);
    const [from = 1, to = from - 1] = [messages[0]?.seq, messages.at(-1)?.seq];
    return { messages, from_seq: from, to_seq: to, has_older: from > 1, has_newer: to < all.length };
  }

  const stores = createStores({
    ...{ clock, feed },
    connection: {
      link: () => link,
      onLink(listener) {
        listener(link);
        return () => undefined;
      },
    },
    outbox: {
      getSnapshot: () => items,
      subscribe: (listener) => added(outboxListeners, listener),
      send(input) {
        const clientMessageId = crypto.randomUUID();
        const createdAt = clock.now();
        const rest = {
          state: "queued",
          version: 0,
          attempts: 0,
          faults: 0,
          lastError: null,
          order: items.length,
        } as const;
        items = [...items, { clientMessageId, userId: me, input, createdAt, ...rest }];
        outboxListeners.forEach((listener) => listener());
        return { clientMessageId, sent: new Promise(() => undefined) };
      },
    },
    conversations: {
      get: async ({ conversation_id: id }) => stateOf(id),
      history({ conversation_id: id, before }) {
        if (!history.has(id)) return Promise.reject(new CauserieError("NOT_FOUND", "There is no such one."));
        const load = new Promise<ReturnType<typeof page>>((resolve) =>
          loads.push({ id, arrive: () => resolve(page(id, before)) }),
        );
        if (!isHeldBack) loads.at(-1)?.arrive();
        return load;
      },
      list: async () => ({ conversations: [], next_cursor: null }),
      markRead: async ({ conversation_id, up_to_seq: last_read_seq }) => ({
        ...{ conversation_id, last_read_seq, unread_count: 0 },
      }),
    },
    messages: { get: () => Promise.reject(new CauserieError("NOT_FOUND", "There is no such one.")) },
    typing: {
      async set(input) {
        typed.push(input);
        return { ...input, expires_at: null };
      },
    },
    bootstrap: async () => bootstrap(),
    random: () => 0.5,
    signals: { on: () => () => undefined },
    onWanted: () => undefined,
    onGap: () => undefined,
    report(where, cause) {
      throw new Error(`The stores reported a failure: ${where}`, { cause });
    },
  });

  function stateOf(id: number): ConversationState {
    const messages = history.get(id) ?? [];
    const members = [me, other].map((userId) => ({
      ...{ user_id: userId, name: `user ${userId}`, role: "member" as const, joined_at: at(0) },
    }));
    return {
      ...{ id, kind: "group", name: `conversation ${id}`, created_at: at(0), activity_at: at(id) },
      ...{ member_ids: [me, other], member_count: 2, members, role: "member" },
      ...{ last_seq: messages.length, last_read_seq: 0, last_message: messages.at(-1) ?? null },
      unread_count: messages.length,
    };
  }

  function bootstrap() {
    const conversations = conversationIds.map(stateOf).reverse();
    return {
      user: {
        id: me,
        name: "Me",
        email: "me@example.com",
        is_admin: false,
        created_at: at(0),
        updated_at: at(0),
      },
      ...{ conversations, next_cursor: null, online_user_ids: [], cursor: "e:1" },
      unread_total: conversations.reduce((sum, { unread_count }) => sum + unread_count, 0),
    };
  }

  const client: ReactClient = {
    stores,
    connection: {
      getSnapshot: () => state,
      subscribe: (listener) => added(stateListeners, listener),
    },
  };

  return {
    ...{ client, clock, stores, loads, watches, typed },

    /** The stream starts: the list is there. */
    async begin() {
      for (const handler of outcomeHandlers)
        await handler({ outcome: "reset", reason: "no_cursor", snapshot: bootstrap() });
    },

    /** Histories are asked for, but not answered until `loads` are told to arrive. */
    holdBack() {
      isHeldBack = true;
    },

    /** A message is stored, and heard of unless it is old. */
    say(conversationId: number, content: string, { isOld = false } = {}): Message {
      const messages = history.get(conversationId)!;
      lastId += 1;
      const message: Message = {
        ...{ id: lastId, conversation_id: conversationId, seq: messages.length + 1, sender_id: other },
        ...{ receiver_id: null, content, reply_to: null, client_message_id: null },
        ...{ created_at: at(1_000 + lastId), updated_at: null },
      };
      messages.push(message);
      if (!isOld) tell({ type: "message.created", message });
      return message;
    },

    /** `presence.watch` tells something. */
    tellWatch(event: WatchEvent) {
      for (const { subscriber, isStopped } of watches) if (!isStopped) subscriber.onItem(event, undefined);
    },

    setState(next: ConnectionState) {
      state = next;
      stateListeners.forEach((listener) => listener());
    },
  };

  function tell(event: FeedEvent): void {
    for (const handler of eventHandlers) void handler(event, "e:2");
  }
}

const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();

function added<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
