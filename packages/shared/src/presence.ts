import { z } from "zod";
import { id, timestamp } from "./ids.ts";

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

/** Ephemeral events: never stored, never replayed, in a subscription of their own. */
export const presenceEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("presence.snapshot"), user_ids: z.array(id), timestamp }),
  z.object({ type: z.literal("presence.changed"), user_id: id, status: z.enum(userStatuses), timestamp }),
  z.object({
    type: z.literal("broadcast"),
    from_user_id: id,
    from_user: z.string(),
    message: z.string(),
    timestamp,
  }),
]);
export type PresenceEvent = z.infer<typeof presenceEvent>;
