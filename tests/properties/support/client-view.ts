import {
  limits,
  type Conversation,
  type ConversationState,
  type Member,
  type MemberRole,
  type Message,
  type StoredEvent,
} from "@causerie/shared";
import type { Everything, WholeConversation } from "./read-everything.ts";

/**
 * What a client keeps, and what each event does to it: the meaning of the events, written
 * down as a program. It starts from a snapshot; from then on it asks for nothing but a
 * conversation that comes into view.
 */
export interface ClientView {
  readonly userId: number;
  user: Everything["user"];
  readonly conversations: Map<number, ViewedConversation>;
}

interface ViewedConversation {
  readonly kind: Conversation["kind"];
  readonly created_at: string;
  name: string | null;
  last_seq: number;
  activity_at: string;
  /** The client's own place: null in a public conversation that it did not join. */
  role: MemberRole | null;
  last_read_seq: number;
  readonly members: Map<number, Member>;
  /** By `seq`. */
  readonly messages: Map<number, Message>;
}

/** Loads a conversation whole; undefined when it is not there to see. */
export type LoadConversation = (id: number) => Promise<WholeConversation | undefined>;

export function viewOf({ user, conversations }: Everything): ClientView {
  return {
    userId: user.id,
    user,
    conversations: new Map(conversations.map((whole) => [whole.state.id, viewedConversation(whole)])),
  };
}

function viewedConversation({ state, members, messages }: WholeConversation): ViewedConversation {
  const { kind, created_at, activity_at, name, last_seq, role, last_read_seq } = state;
  return {
    ...{ kind, created_at, activity_at, name, last_seq, role, last_read_seq },
    members: new Map(members.map((member) => [member.user_id, member])),
    messages: new Map(messages.map((message) => [message.seq, message])),
  };
}

/** Takes one event into the view. Events come in order and one at a time. */
export async function applyEvent(
  view: ClientView,
  event: StoredEvent,
  load: LoadConversation,
): Promise<void> {
  // Nobody in these tests ends their account: what becomes of it is tested elsewhere.
  if (event.type === "user.created" || event.type === "user.deleted") return;
  if (event.type === "user.updated") return rename(view, event.user);

  const id = conversationOf(event);
  const isMe = "user_id" in event && event.user_id === view.userId;
  const known = view.conversations.get(id);
  if (event.type === "conversation.created" || (!known && !isMe)) {
    // It came into view: all that was said of it until now is in what is loaded.
    const whole = await load(id);
    if (whole) view.conversations.set(id, viewedConversation(whole));
    else view.conversations.delete(id);
    return;
  }
  if (known) applyToConversation(view, id, known, event);
}

type ConversationEvent = Exclude<
  StoredEvent,
  { type: "user.created" | "user.updated" | "user.deleted" | "conversation.created" }
>;

function applyToConversation(
  view: ClientView,
  id: number,
  conversation: ViewedConversation,
  event: ConversationEvent,
): void {
  switch (event.type) {
    case "message.created":
    case "message.updated":
      conversation.messages.set(event.message.seq, event.message);
      return wasWrittenIn(conversation, event.message);
    case "message.deleted":
      conversation.messages.delete(event.message.seq);
      // Of a message that was deleted before anybody told us, this is all that we hear.
      return wasWrittenIn(conversation, event.message);
    case "conversation.updated":
      conversation.name = event.conversation.name;
      return;
    case "conversation.read":
      conversation.last_read_seq = Math.max(conversation.last_read_seq, event.last_read_seq);
      return;
    case "member.joined":
    case "member.updated":
      if (event.member.user_id === view.userId) conversation.role = event.member.role;
      if (conversation.kind !== "public") conversation.members.set(event.member.user_id, event.member);
      return;
    case "member.left":
      if (event.user_id !== view.userId) return void conversation.members.delete(event.user_id);
      if (conversation.kind !== "public") return void view.conversations.delete(id);
      conversation.role = null;
      conversation.last_read_seq = 0;
  }
}

function wasWrittenIn(
  conversation: ViewedConversation,
  { seq, created_at }: Pick<Message, "seq" | "created_at">,
): void {
  if (seq <= conversation.last_seq) return;
  conversation.last_seq = seq;
  conversation.activity_at = created_at;
}

function conversationOf(
  event: ConversationEvent | { type: "conversation.created"; conversation: Conversation },
) {
  if ("message" in event) return event.message.conversation_id;
  return "conversation" in event ? event.conversation.id : event.conversation_id;
}

function rename(
  view: ClientView,
  { id, name, updated_at }: { id: number; name: string; updated_at: string },
) {
  if (id === view.userId) view.user = { ...view.user, name, updated_at };
  for (const { members } of view.conversations.values()) {
    const member = members.get(id);
    if (member) members.set(id, { ...member, name });
  }
}

/** What the server would answer, going by the view: to be compared with what it does answer. */
export function answersOf(view: ClientView): Omit<Everything, "cursor"> {
  const conversations = [...view.conversations]
    .sort(([one], [other]) => one - other)
    .map(([id, conversation]) => answerOf(view.userId, id, conversation));
  const unread = conversations.map(({ state }) => state.unread_count);
  return { user: view.user, unread_total: unread.reduce((sum, count) => sum + count, 0), conversations };
}

function answerOf(userId: number, id: number, conversation: ViewedConversation): WholeConversation {
  const { kind, name, created_at, activity_at, last_seq, role, last_read_seq } = conversation;
  const members = [...conversation.members.values()].sort((one, other) => one.user_id - other.user_id);
  const messages = [...conversation.messages.values()].sort((one, other) => one.seq - other.seq);
  const unread = messages.filter(({ seq, sender_id }) => seq > last_read_seq && sender_id !== userId);
  const shown = members.slice(0, limits.membersShown);
  const isPublic = kind === "public";
  const state: ConversationState = {
    ...{ id, kind, name, created_at, activity_at, last_seq, role, last_read_seq },
    member_ids: isPublic ? null : shown.map((member) => member.user_id),
    member_count: isPublic ? null : members.length,
    unread_count: role === null ? 0 : Math.min(unread.length, limits.unreadCount),
    last_message: messages.at(-1) ?? null,
    members: shown,
  };
  return { state, members, messages };
}
