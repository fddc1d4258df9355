import type { FeedEvent } from "../feed/feed.ts";
import type { Bootstrap, ConversationState, DeletedMessage, Member, Message } from "../types.ts";
import { conversationIdOf, isAboutConversation, type ConversationEvent } from "./about-conversation.ts";
import { createCalls } from "./calls.ts";
import type {
  ConversationListDeps,
  ConversationListModel,
  ConversationListSnapshot,
} from "./conversation-list.ts";
import { findConversation } from "./conversation-with.ts";
import { createErrands } from "./errands.ts";
import { frontierOf, isBefore, type Frontier } from "./frontier.ts";
import { keep } from "./keep.ts";
import {
  addMessage,
  changeMember,
  createEntry,
  endOf,
  leave,
  moveMarker,
  removeMessage,
  rename,
  show,
  takeAnswer,
  type ListEntry,
} from "./list-entry.ts";
import { createPublished } from "./published.ts";

const mostEntries = 1_000;
const pageSize = 50;
const refreshMs = 60_000;

/**
 * By the id of a message that was edited it, or null when it was deleted; by what is made of the id of a user their
 * name, and of a conversation null when an answer may be wrong about it, or only about what is new in it.
 */
type News = Message | string | null;
type AllNews = ReadonlyMap<number | string, News>;
const nameOf = (userId: number) => -userId;
const doubtOf = (id: number) => `doubt ${id}`;
const newIn = (id: number) => `new ${id}`;

export function createConversationList(deps: ConversationListDeps): ConversationListModel {
  const { clock, retry, conversations, report } = deps;
  let entries = new Map<number, ListEntry>();
  let status: ConversationListSnapshot["status"] = "loading";
  let userId: number | undefined;
  let frontier: Frontier | undefined;
  let loadingMore: Promise<void> | undefined;
  /** What is unread in the conversations that are not known, and in those that are marked so. */
  let rest = 0;
  let countedAt = 0;
  let beats = 0;
  /** More than usual, where the app has loaded more. */
  let most = mostEntries;
  let shown: readonly ConversationState[] = [];
  /** Another one when all begins anew: earlier answers are dropped. */
  let calls = createCalls<News>();

  const states = () => [...entries.values()].map(({ state }) => state);

  const asks = createErrands({
    ...{ clock, retry },
    run: (id) => answered(() => conversations.get({ conversation_id: id }), enter),
    onRefused: remove,
  });
  const ask = asks.add;
  const marks = createErrands({
    ...{ clock, retry },
    async run(id, seq) {
      await conversations.markRead({ conversation_id: id, up_to_seq: seq });
    },
    onDone: (id) => (entries.get(id)?.base ?? 0) > 0 && ask(id),
    // It is gone, or the marker was wrong: what holds is asked for.
    onRefused(id) {
      remove(id);
      ask(id);
    },
  });

  const refreshes = createErrands({
    ...{ clock, retry },
    wait: () => Math.max(0, countedAt + refreshMs - clock.now()),
    run: () => answered(() => deps.bootstrap(), count),
    onDone: () => change(),
    onRefused: (_, cause) => report("bootstrap", cause),
  });
  const isRestKnown = () => refreshes.get(0) === undefined;

  const published = createPublished<ConversationListSnapshot>(deps, make, (isHeard) => {
    if (!isHeard) most = mostEntries;
    deps.onHeard(isHeard);
  });
  const { change } = published;

  function make(previous?: ConversationListSnapshot): ConversationListSnapshot {
    const edge = frontier;
    const all = states();
    const visible = edge ? all.filter((state) => !isBefore(edge, state)) : all;
    shown = keep(
      shown,
      visible.sort((a, b) => (isBefore(a, b) ? -1 : 1)),
    );
    let unreadTotal = rest;
    for (const { isInRest, state } of entries.values()) if (!isInRest) unreadTotal += state.unread_count;
    return keep(previous, {
      status,
      conversations: shown,
      hasMore: frontier !== undefined,
      isLoadingMore: loadingMore !== undefined,
      unreadTotal,
      isUnreadTotalExact: isRestKnown(),
    });
  }

  // Answers

  async function answered<Answer>(
    call: () => Promise<Answer>,
    take: (answer: Answer, news: AllNews) => void,
  ) {
    const mine = calls;
    await mine.run(call, (answer, news) => {
      if (mine !== calls) return;
      take(answer, news);
      for (const [key, name] of news) if (typeof name === "string") renameAll(-Number(key), name);
      trim();
      change();
    });
  }

  /** Takes what the server says of one conversation. */
  function enter(answer: ConversationState, news: AllNews, isCounted = false): void {
    const { id, last_message: last } = answer;
    const known = entries.get(id);
    if (news.has(doubtOf(id))) {
      ask(id);
      // The user may have left it meanwhile.
      if (!known) return;
    }
    const newer = last ? news.get(last.id) : undefined;
    const state = typeof newer === "object" ? { ...answer, last_message: newer } : answer;
    const entry = known ?? createEntry(state);
    entries.set(id, entry);
    if (!isCounted && (!known || known.isInRest)) {
      entry.isInRest = false;
      // Heartbeats may have been on their way: of two, the second was sent later.
      if (rest > 0) entry.laggingUntil = beats + 2;
      rest -= Math.min(rest, state.unread_count);
    }
    if (known ? takeAnswer(entry, state) : moveMarker(entry, marks.get(id) ?? 0)) recount(id);
  }

  /** As long as the server does not know the marker, its count would be of another. */
  function recount(id: number): void {
    if (marks.get(id) === undefined) ask(id);
  }

  // The total

  /**
   * An event about a conversation may change the rest, or show that it was wrong: when the answer by which the conversation
   * left the rest had counted the event already.
   */
  function doubtRest(entry: ListEntry | undefined, isCounted = false): void {
    const isOutside = !entry || entry.isInRest || (isCounted && beats < entry.laggingUntil);
    if (isOutside && (rest > 0 || !isRestKnown())) refreshes.add(0);
  }

  /** Counts what is unread elsewhere, as of a snapshot. */
  function count(snapshot: Bootstrap, news: AllNews = new Map()): void {
    countedAt = clock.now();
    rest = snapshot.unread_total;
    for (const state of snapshot.conversations) {
      enter(state, news, true);
      if (entries.has(state.id)) rest -= state.unread_count;
    }
    if (!frontier) rest = 0;
    const counted = new Set(snapshot.conversations.map(({ id }) => id));
    for (const [id, entry] of entries) {
      entry.isInRest = rest > 0 && !counted.has(id);
      entry.laggingUntil = 0;
      // Whether the rest has it already, nobody knows.
      if (entry.isInRest && (news.has(newIn(id)) || news.has(doubtOf(id)))) refreshes.add(0);
    }
  }

  // Events

  function onEvent(event: FeedEvent): void {
    if (event.type === "user.updated") renameAll(event.user.id, event.user.name);
    else if (event.type === "user.deleted") renameAll(event.user_id, "");
    else if (isAboutConversation(event)) {
      const id = conversationIdOf(event);
      // Later messages and contents are told from earlier ones; an answer under way may be wrong about all else.
      if (event.type === "message.created") calls.note(newIn(id), null);
      else if (event.type !== "message.updated") calls.note(doubtOf(id), null);
      onChange(event, id, entries.get(id));
    }
    trim();
    change();
  }

  function onChange(event: ConversationEvent, id: number, entry: ListEntry | undefined): void {
    switch (event.type) {
      case "message.created": {
        const { message } = event;
        doubtRest(entry, entry && message.seq <= entry.baseSeq);
        return entry ? addMessage(entry, message, userId) : ask(id);
      }
      case "message.updated": {
        const { message } = event;
        calls.note(message.id, message);
        if (entry?.state.last_message?.id === message.id) show(entry, { last_message: message });
        return;
      }
      case "message.deleted":
        return onDeleted(event.message, entry);
      case "conversation.created":
        return ask(id);
      case "conversation.updated": {
        const { conversation } = event;
        const { last_seq, activity_at } = conversation;
        if (entry) show(entry, { ...conversation, ...endOf(entry.state, last_seq, activity_at) });
        return;
      }
      case "conversation.read": {
        const { last_read_seq: seq } = event;
        doubtRest(entry, entry && seq <= entry.state.last_read_seq);
        if (entry && moveMarker(entry, seq)) recount(id);
        return;
      }
      case "member.left":
        if (event.user_id === userId) onLeft(id, entry);
        else onMember(id, entry, event.user_id);
        return;
      default: {
        const { member } = event;
        if (member.user_id !== userId) onMember(id, entry, member.user_id, member);
        else if (event.type === "member.joined") ask(id);
        else if (entry) {
          show(entry, { role: member.role });
          onMember(id, entry, userId, member);
        }
      }
    }
  }

  function onDeleted(message: DeletedMessage, entry: ListEntry | undefined): void {
    const { id, conversation_id: conversationId } = message;
    calls.note(id, null);
    doubtRest(entry, entry && message.seq <= entry.baseSeq);
    if (!entry) {
      // It may have been written after what is loaded.
      if (!frontier || message.created_at >= frontier.activity_at) ask(conversationId);
      return;
    }
    const isShown = entry.state.last_message?.id === id;
    const newest = isShown ? deps.newest(conversationId) : null;
    if (isShown) show(entry, { last_message: newest ?? null });
    if (removeMessage(entry, message, userId) || newest === undefined) ask(conversationId);
  }

  function onMember(id: number, entry: ListEntry | undefined, userId: number, member?: Member): void {
    if (entry && changeMember(entry, userId, member)) ask(id);
  }

  function onLeft(id: number, entry: ListEntry | undefined): void {
    doubtRest(entry);
    if (entry?.state.kind === "public") leave(entry);
    else remove(id);
  }

  function renameAll(id: number, name: string): void {
    calls.note(nameOf(id), name);
    for (const entry of entries.values()) rename(entry, id, name);
  }

  function remove(id: number): void {
    entries.delete(id);
    change();
  }

  // Pages

  function loadMore(): Promise<void> {
    if (!frontier) return Promise.resolve();
    if (loadingMore) return loadingMore;
    const mine = (loadingMore = readOn(frontier).finally(() => {
      if (loadingMore === mine) loadingMore = undefined;
      change();
    }));
    change();
    return mine;
  }

  async function readOn(from: Frontier): Promise<void> {
    let next: Frontier | undefined = from;
    for (let isThere = false; !isThere;) {
      // Also when all began anew meanwhile.
      isThere = true;
      await answered(
        () => conversations.list({ limit: pageSize, cursor: next?.cursor }),
        (page, news) => {
          for (const state of page.conversations) enter(state, news);
          next = frontierOf(page);
          // Walking from the top, until it is behind where it ended.
          isThere = !next || isBefore(from, next);
          if (isThere) setFrontier(next);
        },
      );
    }
  }

  function setFrontier(next: Frontier | undefined): void {
    frontier = next;
    // Nothing is left that is not known.
    if (!next) {
      rest = 0;
      refreshes.clear();
      for (const entry of entries.values()) entry.isInRest = false;
    }
    most = Math.max(most, entries.size);
  }

  /** Drops pages from the old end when there are too many. */
  function trim(): void {
    if (entries.size <= most) return;
    const order = [...entries.values()].sort((a, b) => (isBefore(a.state, b.state) ? -1 : 1));
    for (const { state, isInRest } of order.splice(most - pageSize)) {
      entries.delete(state.id);
      if (!isInRest) rest += state.unread_count;
    }
    const last = order.at(-1);
    if (last && (!frontier || isBefore(last.state, frontier)))
      frontier = { activity_at: last.state.activity_at, id: last.state.id, cursor: undefined };
  }

  function begin(next: ConversationListSnapshot["status"]): void {
    calls = createCalls();
    entries = new Map();
    asks.clear();
    refreshes.clear();
    status = next;
    [frontier, loadingMore, rest, most] = [undefined, undefined, 0, mostEntries];
    change();
  }

  return {
    list: {
      getSnapshot: published.getSnapshot,
      subscribe: published.subscribe,
      get: (id) => entries.get(id)?.state,
      loadMore,
      markRead(id, seq) {
        const entry = entries.get(id);
        if (entry) {
          const upTo = Math.min(seq, entry.state.last_seq);
          if (upTo <= entry.state.last_read_seq) return;
          marks.add(id, upTo);
          moveMarker(entry, upTo);
          change();
        } else marks.add(id, Math.max(seq, marks.get(id) ?? 0));
      },
    },
    userId: () => userId,
    onEvent,
    onHeartbeat: () => (beats += 1),

    onSent(message) {
      const entry = entries.get(message.conversation_id);
      // It may have been deleted since.
      if (!entry || message.seq <= entry.state.last_seq) return;
      addMessage(entry, message, userId);
      change();
    },

    reset(snapshot) {
      begin("ready");
      userId = snapshot.user.id;
      frontier = frontierOf(snapshot);
      count(snapshot);
    },

    need(id) {
      if (status === "ready" && !entries.has(id)) ask(id);
    },

    conversationOf: (input) => findConversation(states(), input, userId, !frontier),

    clear() {
      begin("loading");
      marks.clear();
      userId = undefined;
    },
  };
}
