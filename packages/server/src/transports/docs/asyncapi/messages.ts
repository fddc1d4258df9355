import {
  activityClientFrame,
  activityServerFrame,
  chatClientFrame,
  chatServerFrame,
} from "@causerie/shared/compat";
import type { z } from "zod";
import { exampleMe, exampleMessage, exampleTokens } from "../../../rpc/examples.ts";
import {
  activityExamples,
  chatExamples,
  eventExamples,
  presenceExamples,
  watchExamples,
} from "./event-examples.ts";
import * as trpc from "./trpc-frames.ts";

/** A message of the document: one kind of frame, or of item in a stream. */
export interface MessageEntry {
  readonly from: "client" | "server";
  readonly title: string;
  readonly summary: string;
  readonly schema: z.ZodType;
  readonly examples: readonly unknown[];
  /** JSON unless given. */
  readonly contentType?: string;
}

const exampleCursor = "Zm9yRXhhbXBs:42";
const receiver_id = 2;
const error = {
  message: "content must not be blank.",
  code: -32022,
  data: {
    code: "VALIDATION_FAILED",
    httpStatus: 422,
    path: "messages.send",
    issues: [{ loc: ["body", "content"], msg: "must not be blank", type: "value_error" }],
  },
};

/** The messages of each channel, by name. */
export const messagesOf = {
  trpc: {
    connectionParams: {
      from: "client",
      title: "Who it is",
      summary: "The first frame of a socket opened with `connectionParams=1`.",
      schema: trpc.connectionParams,
      examples: [{ method: "connectionParams", data: { token: exampleTokens.access_token } }],
    },
    call: {
      from: "client",
      title: "A call",
      summary: "Calls a procedure. Calls of one socket may be sent without waiting for answers.",
      schema: trpc.call,
      examples: [
        {
          id: 2,
          method: "mutation",
          params: {
            path: "messages.send",
            input: { receiver_id, content: exampleMessage.content, client_message_id: "3f0e9d3e" },
          },
        },
        { id: 3, method: "query", params: { path: "users.me" } },
      ],
    },
    subscribeEvents: {
      from: "client",
      title: "Start of the event stream",
      summary: "Starts the stream of all stored changes, after a cursor or from now on.",
      schema: trpc.subscribeEvents,
      examples: [
        {
          id: 1,
          method: "subscription",
          params: { path: "events.stream", input: { lastEventId: exampleCursor } },
        },
      ],
    },
    subscribePresence: {
      from: "client",
      title: "Start of the stream about everybody",
      summary: "Starts the stream of everybody's presence, never stored or replayed.",
      schema: trpc.subscribePresence,
      examples: [{ id: 4, method: "subscription", params: { path: "presence.stream" } }],
    },
    subscribeWatch: {
      from: "client",
      title: "Start of the stream of some people and conversations",
      summary: "Starts the stream of the presence of those named, and of who types in the conversations.",
      schema: trpc.subscribeWatch,
      examples: [
        {
          id: 5,
          method: "subscription",
          params: { path: "presence.watch", input: { user_ids: [2], conversation_ids: [7] } },
        },
      ],
    },
    stop: {
      from: "client",
      title: "End of a subscription",
      summary: "Asks for the end of a subscription; `stopped` answers.",
      schema: trpc.stop,
      examples: [{ id: 1, method: "subscription.stop" }],
    },
    ping: {
      from: "client",
      title: "PING",
      summary: "The text PING, no JSON: asks whether the server is there.",
      schema: trpc.ping,
      contentType: "text/plain",
      examples: ["PING"],
    },
    result: {
      from: "server",
      title: "The answer to a call",
      summary: "What the procedure answers.",
      schema: trpc.callResult,
      examples: [{ id: 3, result: { type: "data", data: exampleMe } }],
    },
    started: {
      from: "server",
      title: "A subscription started",
      summary: "The subscription with this id was taken.",
      schema: trpc.started,
      examples: [{ id: 1, result: { type: "started" } }],
    },
    event: {
      from: "server",
      title: "An event of the event stream",
      summary: "A change with the cursor after it, a heartbeat or a reset.",
      schema: trpc.eventData,
      examples: eventExamples.map((data) => ({
        id: 1,
        result: { type: "data", id: exampleCursor, data: { id: exampleCursor, data } },
      })),
    },
    watched: {
      from: "server",
      title: "An event of those who are watched",
      summary: "Presence, typing or a broadcast; it has no cursor.",
      schema: trpc.watchData,
      examples: watchExamples.map((data) => ({ id: 5, result: { type: "data", data } })),
    },
    ephemeral: {
      from: "server",
      title: "An event about everybody",
      summary: "Presence or a broadcast; it has no cursor.",
      schema: trpc.presenceData,
      examples: presenceExamples.map((data) => ({ id: 4, result: { type: "data", data } })),
    },
    stopped: {
      from: "server",
      title: "A subscription ended",
      summary: "The subscription with this id is over, without an error.",
      schema: trpc.stopped,
      examples: [{ id: 1, result: { type: "stopped" } }],
    },
    error: {
      from: "server",
      title: "A failure",
      summary: "The call failed, or the subscription is over.",
      schema: trpc.failure,
      examples: [{ id: 2, error }],
    },
    pong: {
      from: "server",
      title: "PONG",
      summary: "The text PONG, no JSON: the answer to PING.",
      schema: trpc.pong,
      contentType: "text/plain",
      examples: ["PONG"],
    },
  },
  eventStream: {
    item: {
      from: "server",
      title: "An event",
      summary: "The `data` of a server-sent event; its `id` is the cursor after it.",
      schema: trpc.serverEvent,
      examples: eventExamples,
    },
    failure: {
      from: "server",
      title: "A failure",
      summary: "The `data` of the server-sent event `serialized-error`: the stream is over.",
      schema: trpc.errorShape,
      examples: [
        {
          message: "The session has ended.",
          code: -32001,
          data: { code: "UNAUTHORIZED", httpStatus: 401, path: "events.stream" },
        },
      ],
    },
  },
  watchStream: {
    item: {
      from: "server",
      title: "An ephemeral event",
      summary: "The `data` of a server-sent event, which has no id.",
      schema: trpc.watchEvent,
      examples: watchExamples,
    },
  },
  ephemeralStream: {
    item: {
      from: "server",
      title: "An ephemeral event",
      summary: "The `data` of a server-sent event, which has no id.",
      schema: trpc.presenceEvent,
      examples: presenceExamples,
    },
  },
  activity: {
    request: {
      from: "client",
      title: "A frame of an activity client",
      summary: "A ping, the question who is online, or a sign of activity.",
      schema: activityClientFrame,
      examples: [{ type: "ping" }, { type: "get_active_users" }, { type: "activity_update" }],
    },
    told: {
      from: "server",
      title: "A frame to an activity client",
      summary: "Who is online, who comes and goes, and broadcasts.",
      schema: activityServerFrame,
      examples: activityExamples,
    },
  },
  chat: {
    request: {
      from: "client",
      title: "A frame of a chat client",
      summary: "A ping, or a message to send.",
      schema: chatClientFrame,
      examples: [
        { type: "ping" },
        { type: "send_message", receiver_id, content: exampleMessage.content },
        { type: "send_message", receiver_id: null, content: "Bonjour à tous", client_message_id: "3f0e9d3e" },
      ],
    },
    told: {
      from: "server",
      title: "A frame to a chat client",
      summary: "Messages, as they are sent, edited and deleted.",
      schema: chatServerFrame,
      examples: chatExamples,
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, MessageEntry>>>>;
