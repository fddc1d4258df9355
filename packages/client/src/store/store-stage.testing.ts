import { CauserieError } from "../errors.ts";
import type { Link, Subscriber } from "../connection/link.ts";
import type { Feed, FeedEvent, FeedResetReason, Outcome } from "../feed/feed.ts";
import type { Signal } from "../platform/platform.ts";
import type { OutboxInput, OutboxItem, Sending } from "../outbox/outbox.ts";
import type { CallOptions } from "../resources/call-options.ts";
import { createVirtualClock } from "../testing/virtual-clock.ts";
import type { Gap } from "./conversation-store.ts";
import { createStores } from "./create-stores.ts";
import { createModelServer, me, NotFound } from "./model-server.testing.ts";

/** A call of the store: it is answered as of one moment, and the answer arrives at another. */
export interface StageCall {
  readonly path: string;
  readonly input: unknown;
  readonly isAnswered: boolean;
  /** The server looks at it. */
  answer(): void;
  /** The answer arrives. */
  arrive(): void;
  /** It fails in passing, whether the server has looked at it or not. */
  fail(code?: CauserieError["code"]): void;
}

export interface Subscribed {
  readonly input: { readonly user_ids: number[]; readonly conversation_ids: number[] };
  readonly subscriber: Subscriber;
  isStopped: boolean;
}

interface StageItem {
  readonly position: number;
  readonly event: FeedEvent | undefined;
}

/** The stores on a model of a server, between them a network in which everything waits until it is told to move. */
export function createStage({ bootstrapSize = 50, pageSize = 100, random = () => 0.5 } = {}) {
  const clock = createVirtualClock();
  const server = createModelServer(bootstrapSize, pageSize);
  const calls: StageCall[] = [];
  const answers = new Map<string, number>();
  /** What has been sent on the stream and has not arrived. */
  let stream: StageItem[] = [];
  let sentUpTo = 0;
  let handledUpTo = 0;
  let isAutomatic = false;

  const eventHandlers = new Set<Parameters<Feed["onEvent"]>[0]>();
  const outcomeHandlers = new Set<Parameters<Feed["onOutcome"]>[0]>();
  const heartbeatHandlers = new Set<() => void>();
  const feed: Feed = {
    onEvent: (handler) => add(eventHandlers, handler),
    onOutcome: (handler) => add(outcomeHandlers, handler),
    onHeartbeat: (handler) => add(heartbeatHandlers, handler),
  };

  const subscriptions: Subscribed[] = [];
  let link: Link | undefined;
  const linkListeners = new Set<(link: Link | undefined) => void>();
  const connection = {
    link: () => link,
    onLink(listener: (link: Link | undefined) => void) {
      if (link) listener(link);
      return add(linkListeners, listener);
    },
  };

  const signalListeners = new Set<(signal: Signal) => void>();
  let items: readonly OutboxItem[] = [];
  let areKept = false;
  let sentCount = 0;
  const outboxListeners = new Set<() => void>();
  const reports: { readonly where: string; readonly cause: unknown }[] = [];
  const gaps: Gap[] = [];
  let wantedCount = 0;

  function setItems(next: readonly OutboxItem[]): void {
    items = next;
    for (const listener of outboxListeners) listener();
  }

  function send(input: OutboxInput): Sending {
    sentCount += 1;
    const clientMessageId = `sent ${sentCount}`;
    const item: OutboxItem = {
      ...{ clientMessageId, userId: me, input, order: sentCount, createdAt: clock.now() },
      ...{ state: "queued", version: 0, attempts: 0, faults: 0, lastError: null },
    };
    setItems([...items, item]);
    return { clientMessageId, sent: new Promise(() => undefined) };
  }

  function add<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  function asked<Input, Answer>(path: string, compute: (input: Input) => Answer) {
    return (input: Input, _options?: CallOptions): Promise<Answer> =>
      new Promise((resolve, reject) => {
        let settle: (() => void) | undefined;
        const leave = () => calls.splice(calls.indexOf(call), 1);
        const call: StageCall = {
          path,
          input,
          get isAnswered() {
            return settle !== undefined;
          },
          answer() {
            try {
              const answer = compute(input);
              settle = () => resolve(answer);
            } catch (error) {
              if (!(error instanceof NotFound)) throw error;
              settle = () => reject(new CauserieError("NOT_FOUND", "There is no such thing."));
            }
          },
          arrive() {
            if (!settle) call.answer();
            leave();
            answers.set(path, (answers.get(path) ?? 0) + 1);
            settle?.();
          },
          fail(code = "NETWORK") {
            leave();
            reject(new CauserieError(code, "It failed."));
          },
        };
        calls.push(call);
        if (isAutomatic) call.arrive();
      });
  }

  const stores = createStores({
    feed,
    connection,
    clock,
    random,
    signals: { on: (listener) => add(signalListeners, listener) },
    outbox: {
      getSnapshot: () => items,
      subscribe: (listener) => add(outboxListeners, listener),
      send,
    },
    conversations: {
      get: asked("get", ({ conversation_id }) => server.state(conversation_id)),
      history: asked("history", server.history),
      list: asked("list", (input) => server.page(input?.cursor, input?.limit ?? 50)),
      markRead: asked("markRead", ({ conversation_id, up_to_seq }) =>
        server.read(conversation_id, up_to_seq),
      ),
    },
    messages: { get: asked("message", ({ message_id }) => server.message(message_id)) },
    typing: {
      set: asked("typing", (input) => ({ ...input, expires_at: null })),
    },
    bootstrap: asked("bootstrap", () => server.bootstrap()),
    onWanted: () => (wantedCount += 1),
    onGap: (gap) => gaps.push(gap),
    report: (where, cause) => reports.push({ where, cause }),
  });
  // The outbox lets an item go when its message comes as an event.
  feed.onEvent((event) => {
    if (event.type !== "message.created" || event.message.sender_id !== me) return;
    const { client_message_id: id } = event.message;
    if (!areKept && items.some((item) => item.clientMessageId === id))
      setItems(items.filter((item) => item.clientMessageId !== id));
  });

  function setLink(next: Link | undefined): void {
    link = next;
    for (const listener of linkListeners) listener(link);
  }

  const stage = {
    ...{ clock, server, calls, stores, feed, reports, gaps, subscriptions },
    send,
    items: () => items,
    /** The outbox does not hear of events: only an answer lets an item go. */
    keepItems() {
      areKept = true;
    },
    /** How many answers of this kind have arrived. */
    answered: (path: string) => answers.get(path) ?? 0,
    wanted: () => wantedCount,
    waiting: () => stream.length,
    isConnected: () => link !== undefined,

    /** Everything that is called is answered at once. */
    automatic(on = true) {
      isAutomatic = on;
      if (on) for (const call of [...calls]) call.arrive();
    },

    /** The server puts the next event on the wire. */
    hand(): boolean {
      const next = link && server.next(sentUpTo);
      if (!next) return false;
      stream.push(next);
      sentUpTo = next.position;
      return true;
    },

    /** The server believes that it has sent the next event. */
    skip() {
      sentUpTo = server.next(sentUpTo)?.position ?? sentUpTo;
    },

    /** A heartbeat that was sent before what has not been handed. */
    handEarlierHeartbeat() {
      stream.push({ position: sentUpTo, event: undefined });
    },

    handHeartbeat() {
      if (link && !server.next(sentUpTo)) stream.push({ position: sentUpTo, event: undefined });
    },

    /** An event that the server did not send. */
    tell(event: FeedEvent) {
      for (const handler of eventHandlers) void handler(event, "e:0");
    },

    /** The next item of the stream arrives. */
    deliver(): boolean {
      const item = stream.shift();
      if (!item) return false;
      handledUpTo = item.position;
      const { event } = item;
      if (!event) for (const handler of heartbeatHandlers) handler();
      else for (const handler of eventHandlers) void handler(event, `e:${item.position}`);
      return true;
    },

    /** All there is arrives, and a heartbeat. */
    flush() {
      while (stage.hand() || stage.deliver());
      stage.handHeartbeat();
      while (stage.deliver());
    },

    /** The connection is lost, with all that was on its way. */
    lose() {
      if (!link) return;
      stream = [];
      sentUpTo = handledUpTo;
      setLink(undefined);
    },

    /** The page says something. */
    signal(signal: Signal) {
      for (const listener of signalListeners) listener(signal);
    },

    connect(transport: Link["transport"] = "websocket") {
      if (link) return;
      setLink({
        transport,
        call: () => Promise.reject(new Error("The stores do not call over the link.")),
        subscribe({ input }, subscriber) {
          const subscribed: Subscribed = {
            input: input as Subscribed["input"],
            subscriber,
            isStopped: false,
          };
          subscriptions.push(subscribed);
          return () => {
            subscribed.isStopped = true;
          };
        },
        ping: () => undefined,
        close: () => undefined,
      });
    },

    /** The stream begins anew. Resolves when the stores have taken it. */
    async reset(reason: FeedResetReason = "too_old") {
      stage.connect();
      stream = [];
      const snapshot = server.bootstrap();
      sentUpTo = handledUpTo = server.head();
      const outcome: Outcome = { outcome: "reset", reason, snapshot };
      for (const handler of outcomeHandlers) await handler(outcome);
    },

    /** The server stores a message of the outbox. Returns what lets the acknowledgement arrive. */
    store(item: OutboxItem): () => void {
      const { conversation_id: id, content, reply_to = null } = item.input;
      const message = server.send(id!, me, {
        content,
        reply_to,
        client_message_id: item.clientMessageId,
      });
      return () => {
        if (!items.includes(item)) return;
        stores.onSent(message);
        setItems(items.filter((one) => one !== item));
      };
    },
  };
  return stage;
}

export type Stage = ReturnType<typeof createStage>;
