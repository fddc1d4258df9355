import { z } from "zod";
import { id, idInput, timestamp } from "../ids.ts";
import { clientMessageIdInput, contentInput } from "../message.ts";
import { userStatuses } from "../presence.ts";

/** What a client may send on the activity socket, `/users/ws/<jwt>`. */
export const activityClientFrame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ping") }),
  z.object({ type: z.literal("get_active_users") }),
  z.object({ type: z.literal("activity_update") }),
]);

/** What a client may send on the chat socket, `/messages/ws?token=`. */
export const chatClientFrame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ping") }),
  z.strictObject({
    type: z.literal("send_message"),
    receiver_id: idInput.nullable(),
    content: contentInput,
    client_message_id: clientMessageIdInput.nullish(),
  }),
]);

const pong = z.object({ type: z.literal("pong"), timestamp });
const error = z.object({
  type: z.literal("error"),
  message: z.string(),
  /** Of a call that was one too many: how long to wait. */
  retry_after_ms: z.int().optional(),
});

/** What the server sends on the activity socket. */
export const activityServerFrame = z.discriminatedUnion("type", [
  pong,
  error,
  z.object({ type: z.literal("active_users"), users: z.array(id), timestamp }),
  z.object({ type: z.literal("user_status"), user_id: id, status: z.enum(userStatuses), timestamp }),
  z.object({ type: z.literal("broadcast"), from_user: z.string(), message: z.string(), timestamp }),
]);
export type ActivityServerFrame = z.infer<typeof activityServerFrame>;

/** What the server sends on the chat socket. */
export const chatServerFrame = z.discriminatedUnion("type", [
  pong,
  error,
  z.object({
    type: z.literal("new_message"),
    id,
    content: z.string(),
    sender_id: id,
    receiver_id: id.nullable(),
    created_at: timestamp,
    client_message_id: z.string().optional(),
    duplicate: z.literal(true).optional(),
  }),
  z.object({
    type: z.literal("message_updated"),
    id,
    content: z.string(),
    sender_id: id,
    receiver_id: id.nullable(),
    updated_at: timestamp,
  }),
  z.object({ type: z.literal("message_deleted"), id, sender_id: id, receiver_id: id.nullable() }),
]);
export type ChatServerFrame = z.infer<typeof chatServerFrame>;
