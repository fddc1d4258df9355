import type { ClientEvents } from "./client-events.ts";
import { createConnection } from "./connection/create-connection.ts";
import type { Connection } from "./connection/connection.ts";
import { followSubscription } from "./connection/followed-subscription.ts";
import { createHttpCalls } from "./connection/http-calls.ts";
import { createRoutedCalls } from "./connection/routed-calls.ts";
import { createSseLinkOpener } from "./connection/sse-link.ts";
import { createWsLinkOpener } from "./connection/ws-link.ts";
import { endpointsOf } from "./endpoints.ts";
import { createFeed } from "./feed/create-feed.ts";
import { createEmitter, type Emitter } from "./lib/emitter.ts";
import { createOutbox } from "./outbox/create-outbox.ts";
import { memoryOutboxStorage } from "./outbox/memory-outbox-storage.ts";
import type { Outbox, OutboxStorage } from "./outbox/outbox.ts";
import type { Platform } from "./platform/platform.ts";
import { systemPlatform } from "./platform/system-platform.ts";
import { createCallsOver, type Calls } from "./resources/create-calls.ts";
import { createEvents, type Events } from "./resources/events.ts";
import { createPresence, type Presence } from "./resources/presence.ts";
import { createSigningAuth, type Auth } from "./resources/signing-auth.ts";
import { createTyping, type Typing } from "./resources/typing.ts";
import { chooseSession, type SessionOptions } from "./session/choose-session.ts";
import type { ConversationStore } from "./store/conversation-store.ts";
import { createStores, type Stores } from "./store/create-stores.ts";
import type { TrpcWays } from "./trpc/create-trpc.ts";

/** Which server a client talks to, as whom, and with what. */
export interface ClientOptions extends SessionOptions {
  /** The root of the server, such as `https://chat.example.com`; in a browser also a path on the same origin. */
  readonly url: string;
  /** Where messages wait until they are sent: in memory unless given; `indexedDbOutbox()` survives a reload. */
  readonly outbox?: OutboxStorage;
  /**
   * Where an app that keeps a state of its own goes on: the cursor of the last event it took, and whose it is. The list
   * of conversations in `stores` is not for such an app: it is made from a snapshot, which the app then has itself.
   */
  readonly start?: { readonly cursor: string; readonly userId: number };
  /** Replaces what the client takes from where it runs, such as the WebSocket class where there is none. */
  readonly platform?: Partial<Platform>;
}

/** A client of one Causerie server, as one user. */
export interface Client extends Omit<Calls, "auth" | "events"> {
  readonly auth: Auth;
  readonly events: Events;
  readonly presence: Presence;
  readonly typing: Typing;
  /** What the connection is doing. It is asked for by whatever needs it, and here. */
  readonly connection: Pick<Connection, "getSnapshot" | "subscribe" | "connect" | "disconnect">;
  /** Messages on their way. */
  readonly outbox: Pick<Outbox, "getSnapshot" | "subscribe" | "send" | "cancel" | "retry" | "discard">;
  /** One conversation to show: history, live events and messages on their way in one list. */
  conversation(id: number): ConversationStore;
  /** All there is to show: the list of conversations, each of them, presence and typing. */
  readonly stores: Pick<Stores, "list" | "conversation" | "presence" | "typing">;
  /** Calls `listener` at each such event. Returns what stops it. */
  readonly on: Emitter<ClientEvents>["on"];
  /** Ends everything for good; messages that wait stay where they are stored. */
  close(): Promise<void>;
}

/**
 * A client of the server at `url`. It connects when something needs it.
 * @throws TypeError when `url` is not an http or https address.
 */
export function createClient(options: ClientOptions): Client {
  const { http: url, ws } = endpointsOf(options.url);
  const platform = systemPlatform(options.platform);
  const { clock, fetch, WebSocket } = platform;
  const emitter = createEmitter<ClientEvents>();
  const { report } = emitter;

  const session = chooseSession(options, {
    url,
    platform,
    onStorageError: (cause) => report("token_storage", cause),
  });
  const base = { ...platform, report, emitter, session };
  const http = createHttpCalls({ ...base, url, token: session.token });
  const feed = createFeed({ ...base, userId: session.userId, start: options.start });
  const connection = createConnection({
    ...base,
    feed,
    links: {
      websocket: WebSocket && createWsLinkOpener({ url: ws, WebSocket, clock }),
      sse: createSseLinkOpener({ url, fetch, call: http }),
    },
  });
  const { want } = connection;
  const subscribe: TrpcWays["subscribe"] = (request, callbacks) => {
    want();
    return followSubscription(connection, request, callbacks);
  };
  const routed = createRoutedCalls({ connection, http, session });
  const calls = createCallsOver({ call: routed.call, subscribe });
  const typing = createTyping(calls.trpc);

  const outbox = createOutbox({
    ...base,
    ...{ connection, feed, server: url },
    storage: options.outbox ?? memoryOutboxStorage(),
    send: calls.messages.send,
    conversationWith: (receiverId) => stores.conversationWith(receiverId),
    onWanted: want,
    onSent: (message) => stores.onSent(message),
    onChange: (change) => emitter.emit("outbox", change),
    onVolatile: (code) => emitter.emit("outbox_volatile", { code }),
  });
  const stores = createStores({
    ...base,
    ...calls,
    ...{ feed, connection, outbox, typing },
    onWanted: want,
    onGap: (gap) => emitter.emit("gap", gap),
  });

  let owner = session.userId();
  session.onChange((change) => {
    if (change.type === "signed_in") {
      // What one user has loaded, or marked as read, is nobody else's.
      if (owner !== undefined && owner !== change.userId) stores.clear();
      owner = change.userId;
    }
    if (change.type === "renewed")
      emitter.emit("token_renewed", { expiresIn: change.expiresIn, by: change.by });
    if (change.type !== "lost") return;
    emitter.emit("auth_lost", { reason: change.reason });
    // After a session that merely ended, the same user goes on where they were.
    if (change.reason !== "session_ended") stores.clear();
  });

  return {
    ...calls,
    auth: createSigningAuth({ calls: calls.auth, session, outbox }),
    events: createEvents(calls.events, feed, want),
    presence: createPresence(subscribe),
    typing,
    connection,
    outbox,
    conversation: stores.conversation,
    stores,
    on: emitter.on,
    async close() {
      // First: what is under way has been given up, not lost.
      routed.close();
      connection.close();
      feed.close();
      stores.close();
      session.close();
      await outbox.close();
    },
  };
}
