import type { PresenceEvent, WatchEvent, ServerEvent } from "@causerie/shared";
import type { ActivityServerFrame, ChatServerFrame } from "@causerie/shared/compat";
import {
  exampleConversation,
  exampleMember,
  exampleMessage,
  exampleTimestamp as timestamp,
  exampleUser,
} from "../../../rpc/examples.ts";

/** One of each kind, by its `type`. */
type OfEachType<Item extends { readonly type: string }> = {
  readonly [Type in Item["type"]]: Omit<Extract<Item, { readonly type: Type }>, "type">;
};

function examples<Item extends { readonly type: string }>(bodies: OfEachType<Item>): Item[] {
  return Object.entries(bodies).map(([type, body]) => ({ type, ...(body as object) }) as Item);
}

const conversation = { ...exampleConversation, kind: "group", name: "Équipe", member_count: 2 } as const;
const member = { ...exampleMember, role: "member" } as const;
const { id, conversation_id, seq, sender_id, receiver_id, content, created_at } = exampleMessage;
const told = { id, content, sender_id, receiver_id };

export const eventExamples = examples<ServerEvent>({
  "message.created": { message: exampleMessage },
  "message.updated": { message: { ...exampleMessage, content: "Message modifié", updated_at: timestamp } },
  "message.deleted": {
    message: { id, conversation_id, seq, sender_id, receiver_id, created_at, deleted_at: timestamp },
  },
  "conversation.created": { conversation },
  "conversation.updated": { conversation: { ...conversation, name: "Équipe de nuit" } },
  "conversation.read": { conversation_id, last_read_seq: seq },
  "member.joined": { conversation_id, member },
  "member.updated": { conversation_id, member: { ...member, role: "admin" } },
  "member.left": { conversation_id, user_id: member.user_id },
  "user.created": { user: exampleUser },
  "user.updated": { user: exampleUser },
  "user.deleted": { user_id: exampleUser.id },
  heartbeat: { timestamp },
  reset: { reason: "too_old" },
});

const user_id = exampleUser.id;
const broadcast = { from_user: exampleUser.name, message: "Maintenance à 18 h", timestamp };

export const presenceExamples = examples<PresenceEvent>({
  "presence.snapshot": { user_ids: [1, 2], timestamp },
  "presence.changed": { user_id, status: "online", timestamp },
  broadcast: { from_user_id: user_id, ...broadcast },
});

export const watchExamples = examples<WatchEvent>({
  "presence.states": { users: [{ user_id, status: "online" }], conversation_ids: [7], timestamp },
  "presence.changed": { user_id, status: "offline", timestamp },
  typing: { conversation_id: 7, user_id, typing: true, expires_at: timestamp },
  broadcast: { from_user_id: user_id, ...broadcast },
});

export const activityExamples = examples<ActivityServerFrame>({
  pong: { timestamp },
  error: { message: "The input is not valid." },
  active_users: { users: [1, 2], timestamp },
  user_status: { user_id, status: "offline", timestamp },
  broadcast,
});

export const chatExamples = examples<ChatServerFrame>({
  pong: { timestamp },
  error: { message: "Too many requests: try again later.", retry_after_ms: 800 },
  new_message: { ...told, created_at },
  message_updated: { ...told, updated_at: timestamp },
  message_deleted: { id, sender_id, receiver_id },
});
