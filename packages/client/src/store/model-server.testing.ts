import type { FeedEvent } from "../feed/feed.ts";
import type {
  Bootstrap,
  ConversationsPage,
  ConversationState,
  DeletedMessage,
  History,
  Inputs,
  Member,
  MemberRole,
  Message,
  ReadState,
} from "../types.ts";

/** The user whose stores are tested. */
export const me = 1;
/** As few as possible, so that the end of a count is met. */
export const mostUnread = 1_000;
const membersShown = 20;

interface Place {
  role: MemberRole;
  joinedAt: string;
  joinedPosition: number;
  sinceSeq: number;
  readSeq: number;
}

type StoredMessage = Message & { deleted_at: string | null };

interface ModelConversation {
  readonly id: number;
  readonly kind: "direct" | "group" | "public";
  name: string | null;
  readonly created_at: string;
  activity_at: string;
  readonly messages: StoredMessage[];
  readonly members: Map<number, Place>;
}

/** What is stored of an event: what it shows is looked up when it is sent. */
interface LogEntry {
  readonly position: number;
  /** Null for everybody, a conversation for its members, `me` for the user alone. */
  readonly audience: "everybody" | "me" | number;
  readonly seq: number | undefined;
  readonly show: () => FeedEvent | undefined;
}

/** As much of a server as one user sees, in memory: each question is answered as of one moment. */
export interface ModelServer {
  readonly conversations: ReadonlyMap<number, ModelConversation>;
  readonly head: () => number;
  /** The first event after `position` that the user may see now. */
  next(position: number): { readonly position: number; readonly event: FeedEvent } | undefined;

  create(kind: "direct" | "group" | "public", others: readonly number[]): number;
  send(conversationId: number, senderId: number, more?: Partial<Message>): Message;
  edit(message: Message): void;
  remove(message: Message): void;
  join(conversationId: number, userId: number, history?: "none" | "all"): void;
  leave(conversationId: number, userId: number): void;
  setRole(conversationId: number, userId: number, role: MemberRole): void;
  rename(conversationId: number): void;
  renameUser(userId: number): void;
  read(conversationId: number, seq: number): ReadState;

  isVisible(conversationId: number): boolean;
  /** All messages that the user may read. */
  readable(conversationId: number): Message[];
  message(id: number): Message;
  state(conversationId: number): ConversationState;
  list(): ConversationState[];
  page(cursor: string | undefined, limit: number): ConversationsPage;
  history(input: Inputs["conversations"]["history"]): History;
  bootstrap(): Bootstrap;
}

/** What a server answers when there is no such thing. */
export class NotFound extends Error {}

/** Pages are as small as told, whatever is asked for. */
export function createModelServer(bootstrapSize: number, pageSize = 100): ModelServer {
  const conversations = new Map<number, ModelConversation>();
  const log: LogEntry[] = [];
  const names = new Map<number, string>();
  let time = Date.UTC(2026, 0, 1);
  let lastId = 0;
  let ticks = 0;

  /** Now and then twice the same. */
  function now(): string {
    ticks += 1;
    if (ticks % 3 !== 0) time += 1;
    return new Date(time).toISOString();
  }

  const nameOf = (id: number) => names.get(id) ?? `user ${id}`;
  const get = (id: number): ModelConversation => {
    const found = conversations.get(id);
    if (!found) throw new NotFound();
    return found;
  };
  const lastSeq = ({ messages }: ModelConversation) => messages.length;
  const placeOf = (conversation: ModelConversation) => conversation.members.get(me);
  const isVisible = (id: number) => {
    const found = conversations.get(id);
    return found !== undefined && (found.kind === "public" || found.members.has(me));
  };
  const visible = (id: number): ModelConversation => {
    if (!isVisible(id)) throw new NotFound();
    return get(id);
  };

  function emit(audience: LogEntry["audience"], show: LogEntry["show"], seq?: number): number {
    log.push({ position: log.length + 1, audience, seq, show });
    return log.length;
  }
  const readersOf = ({ id, kind }: ModelConversation) => (kind === "public" ? "everybody" : id);

  function shown({ deleted_at: _, ...message }: StoredMessage): Message {
    return { ...message };
  }

  function deletedView(message: StoredMessage): DeletedMessage {
    const { id, conversation_id, seq, sender_id, receiver_id, created_at, deleted_at } = message;
    return { id, conversation_id, seq, sender_id, receiver_id, created_at, deleted_at: deleted_at! };
  }

  function memberView(conversation: ModelConversation, userId: number): Member | undefined {
    const place = conversation.members.get(userId);
    return place && { user_id: userId, name: nameOf(userId), role: place.role, joined_at: place.joinedAt };
  }

  function membersOf(conversation: ModelConversation): Member[] {
    if (conversation.kind === "public") return [];
    return [...conversation.members.keys()]
      .sort((a, b) => a - b)
      .slice(0, membersShown)
      .flatMap((id) => memberView(conversation, id) ?? []);
  }

  function conversationView(conversation: ModelConversation) {
    const { id, kind, name, created_at, activity_at, members } = conversation;
    const isPublic = kind === "public";
    return {
      ...{ id, kind, name, created_at, activity_at },
      member_ids: isPublic ? null : membersOf(conversation).map((member) => member.user_id),
      member_count: isPublic ? null : members.size,
      last_seq: lastSeq(conversation),
    };
  }

  function readable(id: number): Message[] {
    const conversation = visible(id);
    const since = placeOf(conversation)?.sinceSeq ?? 0;
    return conversation.messages.filter(({ seq, deleted_at }) => seq > since && !deleted_at).map(shown);
  }

  function unread(conversation: ModelConversation): number {
    const place = placeOf(conversation);
    if (!place) return 0;
    const found = readable(conversation.id).filter(
      ({ seq, sender_id }) => seq > place.readSeq && sender_id !== me,
    );
    return Math.min(mostUnread, found.length);
  }

  function state(id: number): ConversationState {
    const conversation = visible(id);
    const place = placeOf(conversation);
    return {
      ...conversationView(conversation),
      role: place?.role ?? null,
      last_read_seq: place?.readSeq ?? 0,
      unread_count: unread(conversation),
      last_message: readable(id).at(-1) ?? null,
      members: membersOf(conversation),
    };
  }

  function list(): ConversationState[] {
    return [...conversations.keys()]
      .filter(isVisible)
      .map(state)
      .sort((a, b) =>
        a.activity_at === b.activity_at ? b.id - a.id : a.activity_at < b.activity_at ? 1 : -1,
      );
  }

  function page(cursor: string | undefined, limit: number): ConversationsPage {
    const [at = "", id = ""] = cursor?.split("|") ?? [];
    const rest = list().filter(
      (one) =>
        cursor === undefined || one.activity_at < at || (one.activity_at === at && one.id < Number(id)),
    );
    const size = Math.min(limit, pageSize);
    const found = rest.slice(0, size);
    const last = found.at(-1);
    return {
      conversations: found,
      next_cursor: rest.length > size && last ? `${last.activity_at}|${last.id}` : null,
    };
  }

  function admit(conversation: ModelConversation, userId: number, more: Partial<Place> = {}): void {
    if (conversation.members.has(userId)) return;
    const at = now();
    const position = log.length + 1;
    if (userId === me) emit("me", () => (conversation.members.has(me) ? created(conversation) : undefined));
    const last = lastSeq(conversation);
    const place = {
      role: "member" as const,
      joinedAt: at,
      joinedPosition: position,
      sinceSeq: 0,
      readSeq: last,
    };
    conversation.members.set(userId, { ...place, ...more });
    const audience = conversation.kind === "public" ? (userId === me ? "me" : undefined) : conversation.id;
    if (audience === undefined) return;
    emit(audience, () => {
      const member = memberView(conversation, userId);
      return member && { type: "member.joined", conversation_id: conversation.id, member };
    });
  }

  const created = (conversation: ModelConversation): FeedEvent => ({
    type: "conversation.created",
    conversation: conversationView(conversation),
  });

  return {
    conversations,
    head: () => log.length,

    next(position) {
      for (const entry of log.slice(position)) {
        const { audience, seq } = entry;
        if (typeof audience === "number") {
          const place = conversations.get(audience)?.members.get(me);
          if (!place || entry.position < place.joinedPosition) continue;
          if (seq !== undefined && seq <= place.sinceSeq) continue;
        }
        const event = entry.show();
        if (event) return { position: entry.position, event };
      }
      return undefined;
    },

    create(kind, others) {
      lastId += 1;
      const at = now();
      const name = kind === "direct" ? null : `name ${lastId}`;
      const conversation: ModelConversation = {
        ...{ id: lastId, kind, name, created_at: at, activity_at: at, messages: [], members: new Map() },
      };
      conversations.set(lastId, conversation);
      const joinedPosition = emit(readersOf(conversation), () => created(conversation));
      for (const userId of others) {
        conversation.members.set(userId, {
          ...{ role: userId === others[0] && kind !== "direct" ? "owner" : "member" },
          ...{ joinedAt: at, joinedPosition, sinceSeq: 0, readSeq: 0 },
        });
      }
      return lastId;
    },

    send(conversationId, senderId, more = {}) {
      const conversation = get(conversationId);
      const at = now();
      lastId += 1;
      const receiver =
        conversation.kind === "direct"
          ? ([...conversation.members.keys()].find((id) => id !== senderId) ?? senderId)
          : null;
      const message: StoredMessage = {
        ...{ id: lastId, conversation_id: conversationId, seq: lastSeq(conversation) + 1 },
        ...{ sender_id: senderId, receiver_id: receiver, content: `text ${lastId}`, reply_to: null },
        ...{ client_message_id: null, created_at: at, updated_at: null, deleted_at: null },
        ...more,
      };
      conversation.messages.push(message);
      conversation.activity_at = at;
      emit(
        readersOf(conversation),
        () => (message.deleted_at ? undefined : { type: "message.created", message: shown(message) }),
        message.seq,
      );
      return shown(message);
    },

    edit({ conversation_id, seq }) {
      const conversation = get(conversation_id);
      const message = conversation.messages[seq - 1];
      if (!message || message.deleted_at) return;
      message.updated_at = now();
      message.content += " edited";
      emit(
        readersOf(conversation),
        () => (message.deleted_at ? undefined : { type: "message.updated", message: shown(message) }),
        seq,
      );
    },

    remove({ conversation_id, seq }) {
      const conversation = get(conversation_id);
      const message = conversation.messages[seq - 1];
      if (!message || message.deleted_at) return;
      message.deleted_at = now();
      message.content = "";
      emit(readersOf(conversation), () => ({ type: "message.deleted", message: deletedView(message) }), seq);
    },

    join(conversationId, userId, history = "none") {
      const conversation = get(conversationId);
      const sinceSeq = history === "all" || conversation.kind === "public" ? 0 : lastSeq(conversation);
      if (conversation.kind !== "direct") admit(conversation, userId, { sinceSeq });
    },

    leave(conversationId, userId) {
      const conversation = get(conversationId);
      if (conversation.kind === "direct" || !conversation.members.delete(userId)) return;
      const left = (): FeedEvent => ({
        type: "member.left",
        conversation_id: conversationId,
        user_id: userId,
      });
      if (conversation.kind === "group") emit(conversationId, left);
      if (userId === me) emit("me", left);
    },

    setRole(conversationId, userId, role) {
      const conversation = get(conversationId);
      const place = conversation.members.get(userId);
      if (!place || place.role === role || conversation.kind === "direct") return;
      place.role = role;
      if (conversation.kind === "public" && userId !== me) return;
      emit(conversation.kind === "public" ? "me" : conversationId, () => {
        const member = memberView(conversation, userId);
        return member && { type: "member.updated", conversation_id: conversationId, member };
      });
    },

    rename(conversationId) {
      const conversation = get(conversationId);
      if (conversation.kind === "direct") return;
      conversation.name += "!";
      emit(readersOf(conversation), () => ({
        type: "conversation.updated",
        conversation: conversationView(conversation),
      }));
    },

    renameUser(userId) {
      names.set(userId, `${nameOf(userId)}!`);
      const at = now();
      emit("everybody", () => ({
        type: "user.updated",
        user: { id: userId, name: nameOf(userId), created_at: at, updated_at: at },
      }));
    },

    read(conversationId, seq) {
      const conversation = visible(conversationId);
      admit(conversation, me, { readSeq: 0 });
      const place = placeOf(conversation)!;
      if (seq > place.readSeq) {
        place.readSeq = seq;
        emit("me", () => {
          const readSeq = placeOf(conversation)?.readSeq;
          return readSeq === undefined
            ? undefined
            : { type: "conversation.read", conversation_id: conversationId, last_read_seq: readSeq };
        });
      }
      const { last_read_seq, unread_count } = state(conversationId);
      return { conversation_id: conversationId, last_read_seq, unread_count };
    },

    isVisible,
    readable,
    message(id) {
      const found = [...conversations.keys()]
        .filter(isVisible)
        .flatMap(readable)
        .find((message) => message.id === id);
      if (!found) throw new NotFound();
      return found;
    },
    state,
    list,
    page,

    history({ conversation_id: id, before, after, around, limit: wanted = 50 }) {
      const limit = Math.min(wanted, pageSize);
      const conversation = visible(id);
      const messages = readable(id);
      const first = (placeOf(conversation)?.sinceSeq ?? 0) + 1;
      const end = lastSeq(conversation) + 1;
      const asked = around ?? before ?? (after === undefined ? end : after + 1);
      const middle = Math.min(Math.max(asked, first), Math.max(end, first));
      const newerLimit = around !== undefined ? Math.ceil(limit / 2) : after !== undefined ? limit : 0;
      const olderLimit = limit - newerLimit;
      const allOlder = messages.filter(({ seq }) => seq < middle);
      const allNewer = messages.filter(({ seq }) => seq >= middle);
      const older = olderLimit === 0 ? [] : allOlder.slice(-olderLimit);
      const newer = allNewer.slice(0, newerLimit);
      const from = olderLimit === 0 ? middle : allOlder.length > olderLimit ? older[0]!.seq : first;
      const to = newerLimit === 0 ? middle - 1 : allNewer.length > newerLimit ? newer.at(-1)!.seq : end - 1;
      return {
        messages: [...older, ...newer],
        ...{ from_seq: from, to_seq: to, has_older: from > first, has_newer: to < end - 1 },
      };
    },

    bootstrap() {
      const at = new Date(time).toISOString();
      return {
        user: { id: me, name: nameOf(me), email: "", is_admin: false, created_at: at, updated_at: at },
        ...page(undefined, bootstrapSize),
        unread_total: list().reduce((sum, one) => sum + one.unread_count, 0),
        online_user_ids: [],
        cursor: `e:${log.length}`,
      };
    },
  };
}
