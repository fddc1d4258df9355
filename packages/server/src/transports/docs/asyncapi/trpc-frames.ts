import * as contract from "@causerie/shared";
import { z } from "zod";

/** What the streams yield, under the names that the document shows. */
export const serverEvent = contract.serverEvent.meta({ id: "ServerEvent" });
export const presenceEvent = contract.presenceEvent.meta({ id: "PresenceEvent" });
export const watchEvent = contract.watchEvent.meta({ id: "WatchEvent" });

/** The frames of a `/trpc` socket, as tRPC 11 has them: each is one text frame of JSON. */

const requestId = z.int().meta({
  description:
    "Chosen by the client, different for each call and subscription that is under way on the socket.",
});
const jsonrpc = z.literal("2.0").optional();

export const connectionParams = z.object({
  method: z.literal("connectionParams"),
  data: z
    .object({ token: z.string().meta({ description: "An access token." }).optional() })
    .nullable()
    .meta({ description: "Null, or without a token, for a page whose cookie says who it is." }),
});

export const call = z.object({
  id: requestId,
  jsonrpc,
  method: z.enum(["query", "mutation"]),
  params: z.object({
    path: z.string().meta({ description: "The procedure, such as `messages.send`." }),
    input: z
      .unknown()
      .optional()
      .meta({ description: "What the procedure takes: as over REST, in one object." }),
  }),
});

const from = {
  lastEventId: contract.cursorInput
    .nullish()
    .meta({ description: "The cursor to go on after; without one the stream starts now." }),
};

export const subscribeEvents = z.object({
  id: requestId,
  jsonrpc,
  method: z.literal("subscription"),
  params: z.object({
    path: z.literal("events.stream"),
    input: z.object(from).optional(),
    ...from,
  }),
});

export const subscribePresence = z.object({
  id: requestId,
  jsonrpc,
  method: z.literal("subscription"),
  params: z.object({ path: z.literal("presence.stream") }),
});

export const subscribeWatch = z.object({
  id: requestId,
  jsonrpc,
  method: z.literal("subscription"),
  params: z.object({ path: z.literal("presence.watch"), input: contract.watchInput }),
});

export const stop = z.object({ id: requestId, jsonrpc, method: z.literal("subscription.stop") });

const sameId = z.int().meta({ description: "The id of the call or subscription." });

export const callResult = z.object({
  id: sameId,
  result: z.object({
    type: z.literal("data"),
    data: z.unknown().meta({ description: "What the procedure answers: as over REST." }),
  }),
});

export const started = z.object({ id: sameId, result: z.object({ type: z.literal("started") }) });

const cursor = z.string().meta({ description: "Where to go on after this event." });

export const eventData = z.object({
  id: sameId,
  result: z.object({
    type: z.literal("data"),
    id: cursor,
    data: z.object({ id: cursor, data: serverEvent }),
  }),
});

export const presenceData = z.object({
  id: sameId,
  result: z.object({ type: z.literal("data"), data: presenceEvent }),
});

export const watchData = z.object({
  id: sameId,
  result: z.object({ type: z.literal("data"), data: watchEvent }),
});

export const stopped = z.object({ id: sameId, result: z.object({ type: z.literal("stopped") }) });

const errorCodes = Object.keys(contract.errors) as [contract.ErrorCode, ...contract.ErrorCode[]];

/** What tRPC callers get for a failure. */
export const errorShape = z.object({
  message: z.string().meta({ description: "A sentence for people." }),
  code: z.int().meta({ description: "tRPC's JSON-RPC number of the error." }),
  data: z.object({
    code: z.enum(errorCodes).meta({ description: "What programs compare." }),
    httpStatus: z.int().meta({ description: "The status that REST answers with." }),
    path: z.string().optional().meta({ description: "The procedure." }),
    issues: z
      .array(z.object({ loc: z.array(z.union([z.string(), z.int()])), msg: z.string(), type: z.string() }))
      .optional()
      .meta({ description: "With VALIDATION_FAILED: each fault and the field it is in." }),
    retry_after_ms: z.number().optional().meta({ description: "How long to wait, where it is known." }),
  }),
});

export const failure = z.object({
  id: z.int().nullable().meta({
    description: "The id of the call or subscription, which is over; null when the frame could not be read.",
  }),
  error: errorShape,
});

export const ping = z.literal("PING");
export const pong = z.literal("PONG");
