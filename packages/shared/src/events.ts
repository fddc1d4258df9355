import { z } from "zod";
import { conversation } from "./conversation.ts";
import { timestamp } from "./ids.ts";
import { deletedMessage, message } from "./message.ts";
import { user } from "./user.ts";

/** Why a stream could not go on from the cursor it was given. */
export const resetReasons = ["epoch_changed", "position_unknown", "too_old"] as const;
export type ResetReason = (typeof resetReasons)[number];

const cursorPattern = /^[A-Za-z0-9_-]{1,40}:\d{1,15}$/;

/** A place in the log, `epoch:position`: opaque to clients, who only hand it back. */
export const cursorInput = z
  .string()
  .max(64)
  .regex(cursorPattern, "must be a cursor that this server gave out");

/**
 * Everything a live stream yields. The first group tells of stored changes. `heartbeat`
 * says that everything up to its cursor was sent. After a `reset` the client must load
 * its state afresh: events between its old cursor and the new one are not replayed.
 */
export const serverEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("message.created"), message }),
  z.object({ type: z.literal("message.updated"), message }),
  z.object({ type: z.literal("message.deleted"), message: deletedMessage }),
  z.object({ type: z.literal("conversation.created"), conversation }),
  z.object({ type: z.literal("user.created"), user }),
  z.object({ type: z.literal("user.updated"), user }),
  z.object({ type: z.literal("heartbeat"), timestamp }),
  z.object({ type: z.literal("reset"), reason: z.enum(resetReasons) }),
]);
export type ServerEvent = z.infer<typeof serverEvent>;

/** The events that are stored in the log: all but `heartbeat` and `reset`. */
export type StoredEvent = Exclude<ServerEvent, { type: "heartbeat" | "reset" }>;

export const streamInput = z.strictObject({ lastEventId: cursorInput.nullish() }).optional();
