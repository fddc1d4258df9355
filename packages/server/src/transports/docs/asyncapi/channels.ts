import { closeCodes, compatCloseCodes, limits, type CloseDuty } from "@causerie/shared";
import type { messagesOf } from "./messages.ts";

/** One code that the server closes a socket with. */
interface CloseCodeEntry {
  readonly code: number;
  readonly reason: string;
  readonly duty: CloseDuty;
}

/** A channel of the document, without its messages. */
export interface ChannelEntry {
  readonly address: string;
  readonly title: string;
  readonly description: string;
  readonly server: "sockets" | "streams";
  readonly security: readonly string[];
  readonly parameters?: Readonly<Record<string, { readonly description: string }>>;
  readonly bindings?: Readonly<Record<string, object>>;
  readonly closeCodes?: readonly CloseCodeEntry[];
}

const trpcCodes: CloseCodeEntry[] = Object.entries(closeCodes).map(([code, entry]) => ({
  code: Number(code),
  ...entry,
}));

const standardCodes = trpcCodes.filter(({ code }) => code < 4000);
const compatCodes: CloseCodeEntry[] = [
  ...standardCodes,
  { code: compatCloseCodes.failure, reason: "unexpected failure", duty: "reconnect" },
  { code: compatCloseCodes.badToken, reason: "token bad, expired or revoked", duty: "sign_in_again" },
];

/** What the handshake's query holds. */
function handshake(properties: Readonly<Record<string, object>>) {
  const query = { type: "object", required: Object.keys(properties), properties };
  return { ws: { method: "GET", query, bindingVersion: "0.1.0" } };
}

export const channels: Readonly<Record<keyof typeof messagesOf, ChannelEntry>> = {
  trpc: {
    address: "/trpc",
    title: "Calls and subscriptions",
    description: `tRPC 11 over WebSocket. A frame is one message, or an array of up to ${limits.socketBatchSize}. The socket is closed with 4408 unless it says within ${limits.socketAuthMs / 1000} seconds who it is.`,
    server: "sockets",
    security: ["connectionParams", "cookie"],
    bindings: handshake({
      connectionParams: { type: "string", const: "1", description: "Announces the first frame." },
    }),
    closeCodes: trpcCodes,
  },
  eventStream: {
    address: "/trpc/events.stream",
    title: "The event stream, as server-sent events",
    description:
      'What `events.stream` yields on a socket. The header `Last-Event-ID` resumes, or the query `input={"lastEventId":"…"}`. The stream begins with the event `connected`; `ping` events keep it open.',
    server: "streams",
    security: ["bearer", "cookie"],
  },
  watchStream: {
    address: "/trpc/presence.watch",
    title: "Some people and conversations, as server-sent events",
    description:
      'What `presence.watch` yields on a socket; the query `input={"user_ids":[…],"conversation_ids":[…]}` names whom. Nothing of it is stored, so nothing resumes.',
    server: "streams",
    security: ["bearer", "cookie"],
  },
  ephemeralStream: {
    address: "/trpc/presence.stream",
    title: "Everybody's presence, as server-sent events",
    description: "What `presence.stream` yields on a socket. Nothing of it is stored, so nothing resumes.",
    server: "streams",
    security: ["bearer", "cookie"],
  },
  activity: {
    address: "/users/ws/{token}",
    title: "Who is online, for clients of the original API",
    description: "JSON frames. The first one tells who is online.",
    server: "sockets",
    security: ["tokenInPath"],
    parameters: { token: { description: "An access token." } },
    closeCodes: compatCodes,
  },
  chat: {
    address: "/messages/ws",
    title: "Messages, for clients of the original API",
    description:
      "JSON frames. A message comes to its sender too, which acknowledges it. Nothing is replayed after a reconnect: load what was missed over REST.",
    server: "sockets",
    security: ["tokenInQuery"],
    bindings: handshake({ token: { type: "string", description: "An access token." } }),
    closeCodes: compatCodes,
  },
};
