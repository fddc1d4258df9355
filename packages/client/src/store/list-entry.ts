import type { ConversationState, DeletedMessage, Member, Message } from "../types.ts";

/** A conversation of the list, and how its unread messages are counted. */
export interface ListEntry {
  /** As it is shown. */
  state: ConversationState;
  /** What the server counted, with messages up to `baseSeq`. */
  base: number;
  baseSeq: number;
  /** The `seq`s of later messages of other people. */
  later: Set<number>;
  /** Its unread messages are a part of the rest, not of the sum. */
  isInRest: boolean;
  /** They were taken out of the rest by an answer about it alone, which events may lag behind until this heartbeat. */
  laggingUntil: number;
}

/** Unread messages are counted no further. */
const mostUnread = 1_000;
/** How many the server names of those in a group. */
const membersShown = 20;

export function createEntry(state: ConversationState): ListEntry {
  const { unread_count: base, last_seq: baseSeq } = state;
  return { state, base, baseSeq, later: new Set(), isInRest: false, laggingUntil: 0 };
}

/** Shows what changed, and counts again. */
export function show(entry: ListEntry, changes: Partial<ConversationState> = {}): void {
  const { state, later } = entry;
  if (entry.base + later.size >= mostUnread && later.size > 0) {
    // It is the same number from here on, so that nothing grows with what is never read.
    entry.base = mostUnread;
    entry.baseSeq = Math.max(...later);
    later.clear();
  }
  const next = { ...state, ...changes };
  // Where the user is not in it nothing is unread; what comes may be, should it turn out that they have come in.
  const unread = next.role === null ? 0 : Math.min(mostUnread, entry.base + later.size);
  entry.state = { ...next, unread_count: unread };
}

/** The end of a conversation, which moves forward only. */
export function endOf(state: ConversationState, seq: number, at: string) {
  return {
    last_seq: Math.max(state.last_seq, seq),
    activity_at: at > state.activity_at ? at : state.activity_at,
  };
}

/** The user has left it, and may go on reading it. */
export function leave(entry: ListEntry): void {
  entry.base = 0;
  entry.later.clear();
  show(entry, { role: null, last_read_seq: 0 });
}

export function rename(entry: ListEntry, userId: number, name: string): void {
  const { members } = entry.state;
  if (members.some((one) => one.user_id === userId && one.name !== name))
    show(entry, { members: members.map((one) => (one.user_id === userId ? { ...one, name } : one)) });
}

/** The functions below return true when only the server can tell what holds now. */

export function moveMarker(entry: ListEntry, seq: number): boolean {
  const { state, later } = entry;
  if (seq <= state.last_read_seq) return false;
  for (const one of later) if (one <= seq) later.delete(one);
  const isRead = seq >= entry.baseSeq;
  if (isRead) entry.base = 0;
  show(entry, { last_read_seq: seq });
  return !isRead && entry.base > 0;
}

export function addMessage(entry: ListEntry, message: Message, userId: number | undefined): void {
  const { state, baseSeq, later } = entry;
  const { seq } = message;
  const isNewest = seq > baseSeq && seq > (state.last_message?.seq ?? 0);
  if (seq > baseSeq && seq > state.last_read_seq && message.sender_id !== userId) later.add(seq);
  show(entry, {
    ...endOf(state, seq, message.created_at),
    last_message: isNewest ? message : state.last_message,
  });
}

export function removeMessage(
  entry: ListEntry,
  message: DeletedMessage,
  userId: number | undefined,
): boolean {
  const { seq, sender_id } = message;
  entry.later.delete(seq);
  // Of what was written and deleted while nobody heard of it, the deletion is all that is told.
  show(entry, endOf(entry.state, seq, message.created_at));
  return sender_id !== userId && seq > entry.state.last_read_seq && seq <= entry.baseSeq && entry.base > 0;
}

/** What the server says of a known conversation. It may be older than what events have told since. */
export function takeAnswer(entry: ListEntry, answer: ConversationState): boolean {
  const { state, later } = entry;
  const counts = answer.last_seq >= entry.baseSeq;
  if (counts) {
    entry.base = answer.unread_count;
    entry.baseSeq = answer.last_seq;
    for (const seq of later) if (seq <= answer.last_seq) later.delete(seq);
  }
  const { last_read_seq: marker } = state;
  show(entry, {
    ...answer,
    ...endOf(state, answer.last_seq, answer.activity_at),
    last_message: answer.last_seq < state.last_seq ? state.last_message : answer.last_message,
    // The marker that belongs to the count, then the other one if it is further.
    last_read_seq: counts ? answer.last_read_seq : marker,
  });
  return moveMarker(entry, counts ? marker : answer.last_read_seq) || !counts;
}

/** Somebody came, was changed, or without `member` went. */
export function changeMember(entry: ListEntry, userId: number, member?: Member): boolean {
  const { members, member_count: known } = entry.state;
  if (known === null) return false;
  // Whoever is not named is not known.
  if (members.length !== known || known >= membersShown) return true;
  const next = [...members.filter((one) => one.user_id !== userId), ...(member ? [member] : [])];
  next.sort((a, b) => a.user_id - b.user_id);
  show(entry, { members: next, member_ids: next.map((one) => one.user_id), member_count: next.length });
  return false;
}
