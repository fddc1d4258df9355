import { createTRPCClient, splitLink } from "@trpc/client";
import { endpointsOf } from "./endpoints.ts";
import { createHttpLink } from "./connection/http-link.ts";
import { createLiveLink } from "./live/live-link.ts";
import { systemPlatform } from "./platform/system-platform.ts";
import { createAuth, type Auth } from "./resources/auth.ts";
import { createBootstrap, type LoadBootstrap } from "./resources/bootstrap.ts";
import { createConversations, type Conversations } from "./resources/conversations.ts";
import { createEvents, type Events } from "./resources/events.ts";
import { createMessages, type Messages } from "./resources/messages.ts";
import { createPresence, type Presence } from "./resources/presence.ts";
import { createTyping, type Typing } from "./resources/typing.ts";
import { createUsers, type Users } from "./resources/users.ts";
import { readToken, type TokenSource } from "./token.ts";
import type { AppRouter, Trpc } from "./types.ts";

export interface ClientOptions {
  /** The root of the server, such as `https://chat.example.com`; in a browser also a path on the same origin. */
  readonly url: string;
  /**
   * The access token, or a function that returns it, also asynchronously. A function is asked
   * at each HTTP request and at each connection, so it is the place to refresh one that expires.
   * It may call `client.auth.login` and `client.auth.refresh({ refresh_token })`.
   */
  readonly token?: TokenSource;
  /** The WebSocket class, for runtimes that have none. */
  readonly WebSocket?: typeof globalThis.WebSocket;
}

/** Typed calls and live events of one Causerie server. Every failure is a CauserieError. */
export interface Client {
  readonly auth: Auth;
  readonly users: Users;
  readonly messages: Messages;
  readonly conversations: Conversations;
  /**
   * Loads all that is shown first, as of one place in the log. Then
   * `events.subscribe(handler, { cursor })` tells of every later change.
   */
  readonly bootstrap: LoadBootstrap;
  readonly events: Events;
  readonly presence: Presence;
  readonly typing: Typing;
  /** The raw tRPC client, with the same tokens and connection. Its failures are tRPC's own. */
  readonly trpc: Trpc;
  /**
   * Replaces the token: what is called and connected from now on uses it. Running subscriptions
   * stay with the session that they began with, so end them when somebody else signs in.
   */
  setToken(token: TokenSource): void;
  /** Ends all subscriptions and closes the connection. */
  close(): Promise<void>;
}

/**
 * A client of the server at `url`. It connects when it is first used.
 * @throws TypeError when `url` is not an http or https address.
 */
export function createClient(options: ClientOptions): Client {
  const endpoints = endpointsOf(options.url);
  let source = options.token;
  const token = () => readToken(source);
  const { fetch, clock } = systemPlatform();
  const live = createLiveLink({ url: endpoints.ws, token, WebSocket: options.WebSocket });
  const trpc = createTRPCClient<AppRouter>({
    links: [
      splitLink({
        // A socket is renewed on itself.
        condition: ({ type, path }) => type === "subscription" || path === "auth.renew",
        true: live.link,
        false: createHttpLink({ url: endpoints.http, token, fetch, clock }),
      }),
    ],
  });

  return {
    auth: createAuth(trpc),
    users: createUsers(trpc),
    messages: createMessages(trpc),
    conversations: createConversations(trpc),
    bootstrap: createBootstrap(trpc),
    events: createEvents(trpc),
    presence: createPresence(trpc),
    typing: createTyping(trpc),
    trpc,
    setToken(next) {
      source = next;
      live.renew();
    },
    close: live.close,
  };
}
