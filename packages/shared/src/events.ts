import { z } from "zod";
import { conversation, member } from "./conversation.ts";
import { id, seq, timestamp } from "./ids.ts";
import { limits } from "./limits.ts";
import { deletedMessage, message } from "./message.ts";
import { limitInput } from "./paging.ts";
import { user } from "./user.ts";

/** Why a stream could not go on from the cursor it was given. */
export const resetReasons = ["epoch_changed", "position_unknown", "too_old"] as const;
export type ResetReason = (typeof resetReasons)[number];

const cursorPattern = /^[A-Za-z0-9_-]{1,40}:\d{1,15}$/;

/** A place in the log, `epoch:position`: opaque to clients, who only hand it back. */
export const cursorInput = z
  .string()
  .min(3)
  .max(64)
  .regex(cursorPattern, "must be a cursor that this server gave out");

/** The events that are stored in the log: each tells of one change. */
export const storedEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("message.created"), message }),
  z.object({ type: z.literal("message.updated"), message }),
  z.object({ type: z.literal("message.deleted"), message: deletedMessage }),
  // Came into being, or into the caller's view.
  z.object({ type: z.literal("conversation.created"), conversation }),
  z.object({ type: z.literal("conversation.updated"), conversation }),
  // The caller's own marker, moved on any of their devices.
  z.object({ type: z.literal("conversation.read"), conversation_id: id, last_read_seq: seq }),
  z.object({ type: z.literal("member.joined"), conversation_id: id, member }),
  z.object({ type: z.literal("member.updated"), conversation_id: id, member }),
  // Of the caller: the conversation is gone for them.
  z.object({ type: z.literal("member.left"), conversation_id: id, user_id: id }),
  z.object({ type: z.literal("user.created"), user }),
  z.object({ type: z.literal("user.updated"), user }),
  z.object({ type: z.literal("user.deleted"), user_id: id }),
]);
export type StoredEvent = z.infer<typeof storedEvent>;

/**
 * Everything a live stream yields: stored changes, and two of its own. `heartbeat`
 * says that everything up to its cursor was sent. After a `reset` the client must load
 * its state afresh: events between its old cursor and the new one are not replayed.
 */
export const serverEvent = z.discriminatedUnion("type", [
  ...storedEvent.options,
  z.object({ type: z.literal("heartbeat"), timestamp }),
  z.object({ type: z.literal("reset"), reason: z.enum(resetReasons) }),
]);
export type ServerEvent = z.infer<typeof serverEvent>;

export const streamInput = z.strictObject({ lastEventId: cursorInput.nullish() }).optional();

export const eventsListInput = z.strictObject({
  cursor: cursorInput
    .meta({
      description: "Where to go on: the `cursor` of the answer before, or of any event on any surface.",
    })
    .optional(),
  limit: limitInput
    .meta({
      description: `How many events at most, 1 to ${limits.pageSize}; ${limits.pageSize} unless given.`,
    })
    .optional(),
});

/** A part of the log, as one caller may see it. */
export const eventsPage = z
  .object({
    events: z
      .array(z.object({ cursor: z.string(), event: storedEvent }))
      .meta({ description: "Oldest first, each with the cursor that goes on after it." }),
    cursor: z.string().meta({
      description:
        "Where to go on: everything up to it was told. It moves on also where there was nothing to tell.",
    }),
    has_more: z
      .boolean()
      .meta({ description: "Whether there is more already. A page may be empty all the same." }),
    reset: z.enum(resetReasons).nullable().meta({
      description:
        "Null, or why the events after the cursor that was given cannot be told: load `GET /bootstrap` and all that is shown again, and go on from there.",
    }),
  })
  .meta({ id: "EventsPage", description: "What changed after a cursor, and where to go on." });
export type EventsPage = z.infer<typeof eventsPage>;
