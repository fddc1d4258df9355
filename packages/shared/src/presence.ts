import { z } from "zod";
import { id, idInput, timestamp } from "./ids.ts";
import { limits } from "./limits.ts";

export const userStatuses = ["online", "inactive", "offline"] as const;
export type UserStatus = (typeof userStatuses)[number];

export const activeUsers = z
  .object({
    active_users: z.array(id).meta({ description: "Their ids." }),
    count: z.int().min(0).meta({ description: "How many there are." }),
    timestamp,
  })
  .meta({ id: "ActiveUsers", description: "The users with at least one open socket." });
export type ActiveUsers = z.infer<typeof activeUsers>;

export const activeStatus = z
  .object({
    user_id: id,
    is_active: z.boolean().meta({ description: "True while any socket of theirs is open." }),
    timestamp,
  })
  .meta({ id: "ActiveStatus", description: "Whether a user has an open socket." });

const presenceChanged = z.object({
  type: z.literal("presence.changed"),
  user_id: id,
  status: z.enum(userStatuses),
  timestamp,
});
const broadcast = z.object({
  type: z.literal("broadcast"),
  from_user_id: id,
  from_user: z.string(),
  message: z.string(),
  timestamp,
});

/** What `presence.stream` yields. Ephemeral events are never stored, never replayed, in a subscription of their own. */
export const presenceEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("presence.snapshot"), user_ids: z.array(id), timestamp }),
  presenceChanged,
  broadcast,
]);
export type PresenceEvent = z.infer<typeof presenceEvent>;

/** Ids of which none comes twice. */
function distinctIds(most: number) {
  return z
    .array(idInput)
    .max(most, `must hold at most ${most} ids`)
    .refine((ids) => new Set(ids).size === ids.length, "must not hold an id twice");
}

/** Whom `presence.watch` tells of. Without ids only broadcasts are heard. */
export const watchInput = z
  .strictObject({
    user_ids: distinctIds(limits.watchedUsers).nullish(),
    conversation_ids: distinctIds(limits.watchedConversations).nullish(),
  })
  .nullish();

/**
 * What `presence.watch` yields. `presence.states` says what holds now: it comes first, and again
 * when so much came at once that something had to be left out. Its `conversation_ids` are those of
 * the ones asked for that the caller may read, whose `typing` follows.
 */
export const watchEvent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("presence.states"),
    users: z.array(z.object({ user_id: id, status: z.enum(userStatuses) })),
    conversation_ids: z.array(id),
    timestamp,
  }),
  presenceChanged,
  // Holds until `expires_at` unless it is said again; null when nobody types any more.
  z.object({
    type: z.literal("typing"),
    conversation_id: id,
    user_id: id,
    typing: z.boolean(),
    expires_at: timestamp.nullable(),
  }),
  broadcast,
]);
export type WatchEvent = z.infer<typeof watchEvent>;
export type TypingEvent = Extract<WatchEvent, { type: "typing" }>;
