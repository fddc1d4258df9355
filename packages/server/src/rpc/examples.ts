import { exampleRefreshToken } from "@causerie/shared";

/** Answers as the documents show them. */

const created_at = "2026-01-15T10:30:00.000Z";

export const exampleUser = { id: 2, name: "Marie Curie", created_at, updated_at: created_at };

export const exampleMe = {
  id: 1,
  name: "Jean Dupont",
  email: "jean@example.com",
  is_admin: false,
  created_at,
  updated_at: created_at,
};

export const exampleTokens = {
  access_token: "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
  token_type: "bearer",
  expires_in: 86_400,
  user_id: 1,
  refresh_token: exampleRefreshToken,
};

export const exampleSession = {
  id: "8b5cf3a1-6c86-4f0e-9d3e-6a2f5d1c7b90",
  device: "Mozilla/5.0 (X11; Linux x86_64)",
  kind: "token",
  created_at,
  last_used_at: created_at,
  expires_at: "2026-02-14T10:30:00.000Z",
  current: true,
};

export const exampleMessage = {
  id: 1,
  conversation_id: 2,
  seq: 1,
  sender_id: 1,
  receiver_id: 2,
  content: "Bonjour, comment allez-vous ?",
  reply_to: null,
  client_message_id: null,
  created_at,
  updated_at: null,
};

export const exampleConversation = {
  id: 2,
  kind: "direct",
  name: null,
  member_ids: [1, 2],
  member_count: 2,
  last_seq: 1,
  created_at,
  activity_at: created_at,
};

export const exampleMember = { user_id: 2, name: "Marie Curie", role: "member", joined_at: created_at };

export const exampleState = {
  ...exampleConversation,
  role: "member",
  last_read_seq: 0,
  unread_count: 1,
  last_message: { ...exampleMessage, sender_id: 2, receiver_id: 1 },
  members: [{ ...exampleMember, user_id: 1, name: "Jean Dupont" }, exampleMember],
};

export const exampleHistory = {
  messages: [exampleMessage],
  from_seq: 1,
  to_seq: 1,
  has_older: false,
  has_newer: false,
};

export const exampleBootstrap = {
  user: exampleMe,
  conversations: [exampleState],
  next_cursor: null,
  unread_total: 1,
  online_user_ids: [2],
  cursor: "Zm9yRXhhbXBs:42",
};

export const exampleEventsPage = {
  events: [
    { cursor: "Zm9yRXhhbXBs:43", event: { type: "message.created", message: exampleMessage } },
    {
      cursor: "Zm9yRXhhbXBs:47",
      event: { type: "conversation.read", conversation_id: 2, last_read_seq: 1 },
    },
  ],
  cursor: "Zm9yRXhhbXBs:51",
  has_more: false,
  reset: null,
};

export const exampleTimestamp = created_at;
