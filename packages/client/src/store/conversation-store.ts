import { CauserieError, toCauserieError } from "../errors.ts";
import type { FeedEvent } from "../feed/feed.ts";
import type { Outbox, OutboxInput, OutboxItem, Sending } from "../outbox/outbox.ts";
import type { Conversations } from "../resources/conversations.ts";
import type { Messages } from "../resources/messages.ts";
import type { ConversationState, DeletedMessage, History, Inputs, Message, SendInput } from "../types.ts";
import { createItems, type ConversationItem } from "./conversation-items.ts";
import { keep } from "./keep.ts";
import { createMessageWindow, type End, type Screen } from "./message-window.ts";
import { createPublished, type PublishedDeps } from "./published.ts";
import { isFinal, type Retry } from "./retry.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** A conversation as far as it is loaded: history, what comes live, and one's own messages on their way. */
export interface ConversationSnapshot {
  /** `gone`: there is no such conversation, at least not for this user. */
  readonly status: "loading" | "ready" | "gone";
  /** Why loading failed; while that may pass, it is tried again. */
  readonly error: CauserieError | null;
  /** By place, what is on its way at the end. */
  readonly items: readonly ConversationItem[];
  readonly hasOlder: boolean;
  /** Away from the live end: what comes is not shown, only counted. */
  readonly hasNewer: boolean;
  readonly isLoadingOlder: boolean;
  readonly isLoadingNewer: boolean;
  /** How many messages came behind the window since it left the live end. */
  readonly newerCount: number;
}

/** One conversation. It loads when somebody listens, and is kept up to date from then on. */
export interface ConversationStore extends SnapshotStore<ConversationSnapshot> {
  readonly id: number;
  /** Loads it before anybody listens: the newest messages, or those around the marker. */
  open(at?: "end" | "marker"): Promise<void>;
  /** Loads what comes before. At the beginning nothing. */
  loadOlder(): Promise<void>;
  /** Loads what comes after. At the end nothing. */
  loadNewer(): Promise<void>;
  /** Shows the surroundings of a `seq`. Inside the window nothing. */
  jump(seq: number): Promise<void>;
  /** The same for a message by its id. `NOT_FOUND` when it is none of this conversation. */
  jumpToMessage(messageId: number): Promise<void>;
  /** Shows the newest messages. */
  jumpToEnd(): Promise<void>;
  /** Says which messages are on the screen: those are never dropped. */
  setScreen(screen: Screen | undefined): void;
  send(message: string | Pick<SendInput, "content" | "reply_to">): Sending;
  /** Marks messages as read, unless told otherwise up to the last one shown. */
  markRead(seq?: number): void;
}

/** What the rest of the store does to it. */
export interface ConversationWindow {
  readonly store: ConversationStore;
  onEvent(event: FeedEvent): void;
  /** A message of one's own was stored. */
  onSent(message: Message): void;
  onHeartbeat(): void;
  /** What was missed will not come. Resolves after the first try to load it again. */
  reload(): Promise<void>;
  /** Its newest message; undefined when that is not known here. */
  newest(): Message | null | undefined;
  /** Something that it shows but does not hold changed. */
  change(): void;
  /** Lets go of all it holds, until somebody listens again. */
  release(): void;
}

export interface ConversationStoreDeps extends PublishedDeps {
  readonly retry: Retry;
  readonly conversations: Pick<Conversations, "get" | "history">;
  readonly messages: Pick<Messages, "get">;
  readonly outbox: Pick<Outbox, "getSnapshot" | "send">;
  readonly userId: () => number | undefined;
  /** Which conversation a message on its way belongs to, where that is known. */
  readonly conversationOf: (input: OutboxInput) => number | undefined;
  /** What the list knows of a conversation. */
  readonly entry: (id: number) => ConversationState | undefined;
  readonly markRead: (id: number, seq: number) => void;
  readonly onGap: (gap: Gap) => void;
  /** Somebody listens now, or nobody any more. */
  readonly onHeard: (isHeard: boolean) => void;
}

/** Messages that were missing when everything up to them had been told. */
export interface Gap {
  readonly conversationId: number;
  readonly fromSeq: number;
  readonly toSeq: number;
}

type Place = Pick<Inputs["conversations"]["history"], "before" | "after" | "around">;

const pageSize = 50;
const mostMessages = 500;

export function createConversationStore(deps: ConversationStoreDeps, id: number): ConversationWindow {
  const { retry, conversations, outbox, report } = deps;
  const window = createMessageWindow();
  const makeItems = createItems();
  let status: ConversationSnapshot["status"] = "loading";
  let error: CauserieError | null = null;
  /** Grows whenever the window is to show another stretch: answers for an earlier one are dropped. */
  let visit = 0;
  let opened: Promise<void> | undefined;
  let loading: { [end in End]?: Promise<void> } = {};
  let lastLoaded: End = "newer";
  let screen: Screen | undefined;
  /** The highest `seq` of which an event told. */
  let told = 0;
  let newerCount = 0;
  /** From which `seq` on newer ones are counted. */
  let newerFrom = 0;
  const deletedOriginals = new Set<number>();
  /** What events said while calls are under way, by message: their answers may be older. */
  let calls = 0;
  const news = new Map<number, Message | DeletedMessage>();
  let ahead: Message[] = [];

  const published = createPublished<ConversationSnapshot>(deps, make, (isHeard) => {
    deps.onHeard(isHeard);
    if (isHeard) void open();
    else screen = undefined;
  });
  const { change } = published;

  function make(previous?: ConversationSnapshot): ConversationSnapshot {
    const hasNewer = status === "ready" && !window.isLive();
    const belongs = ({ input }: OutboxItem) => deps.conversationOf(input) === id;
    return keep(previous, {
      status,
      error,
      items: makeItems({
        messages: window.messages(),
        pending: hasNewer ? [] : outbox.getSnapshot().filter(belongs),
        userId: deps.userId(),
        isDeleted: (messageId) => deletedOriginals.has(messageId),
      }),
      hasOlder: window.hasOlder(),
      hasNewer,
      isLoadingOlder: loading.older !== undefined,
      isLoadingNewer: loading.newer !== undefined,
      newerCount,
    });
  }

  /** Asks for a stretch. What events say meanwhile holds for the answer too. */
  async function read(place: Place, take: (page: History) => void): Promise<void> {
    calls += 1;
    try {
      const page = await conversations.history({ conversation_id: id, limit: pageSize, ...place });
      take(page);
      for (const message of ahead) window.put(message);
      for (const message of news.values()) apply(message);
      settle();
    } finally {
      calls -= 1;
      if (calls === 0) {
        news.clear();
        ahead = [];
      }
    }
  }

  /** After each change of the window. */
  function settle(): void {
    while (window.messages().length > mostMessages) {
      const far: End = lastLoaded === "older" ? "newer" : "older";
      if (!window.drop(far, pageSize, screen) && !window.drop(lastLoaded, pageSize, screen)) break;
    }
    newerCount = window.isLive() ? 0 : Math.min(newerCount, Math.max(0, told - window.to()));
    if (deletedOriginals.size > 0) {
      const answered = new Set(window.messages().map((message) => message.reply_to));
      for (const messageId of deletedOriginals)
        if (!answered.has(messageId)) deletedOriginals.delete(messageId);
    }
    change();
  }

  function show(page: History): void {
    window.replace(page);
    lastLoaded = "newer";
    [status, error] = ["ready", null];
  }

  /** Starts a visit of another stretch. Returns what loads it, and whether it is still wanted. */
  function leave(place: () => Place | Promise<Place>) {
    visit += 1;
    const mine = visit;
    loading = {};
    change();
    const isWanted = () => mine === visit;
    const load = async () => {
      const asked = await place();
      if (isWanted()) await read(asked, (page) => isWanted() && show(page));
    };
    return { isWanted, load };
  }

  /** Loads a stretch, however often it has to be tried. */
  async function insist({ isWanted, load }: ReturnType<typeof leave>): Promise<void> {
    const failed = (cause: unknown) => {
      if (!isWanted()) return;
      error = toCauserieError(cause);
      change();
    };
    try {
      await retry.run(load, isWanted, failed);
    } catch (cause) {
      if (isWanted()) close();
      failed(cause);
    }
  }

  function open(at: "end" | "marker" = "end"): Promise<void> {
    opened ??= insist(leave(() => (at === "end" ? {} : marker())));
    return opened;
  }

  async function marker(): Promise<Place> {
    const { last_read_seq: read, last_seq: last } =
      deps.entry(id) ?? (await conversations.get({ conversation_id: id }));
    return read < last ? { around: read + 1 } : {};
  }

  /** Loads another stretch now, or fails. */
  async function go(place: Place): Promise<void> {
    const visited = leave(() => place);
    opened ??= Promise.resolve();
    try {
      await visited.load();
    } catch (cause) {
      if (visited.isWanted() && status !== "ready") {
        opened = undefined;
        if (published.isHeard()) void open();
      }
      throw cause;
    }
  }

  function loadMore(end: End): Promise<void> {
    const hasMore = end === "older" ? window.hasOlder() : !window.isLive();
    if (status !== "ready" || !hasMore) return Promise.resolve();
    return (loading[end] ??= extend(end));
  }

  async function extend(end: End): Promise<void> {
    const mine = visit;
    change();
    try {
      await read(end === "older" ? { before: window.from() } : { after: window.to() }, (page) => {
        if (mine === visit && window.join(page)) lastLoaded = end;
      });
    } finally {
      if (mine === visit) {
        const { [end]: _, ...others } = loading;
        loading = others;
        change();
      }
    }
  }

  /** Forgets what it holds: there is nothing to show any more. */
  function close(): void {
    release();
    status = "gone";
    opened = Promise.resolve();
  }

  function release(): void {
    visit += 1;
    window.clear();
    [status, error, opened, loading] = ["loading", null, undefined, {}];
    [told, newerCount] = [0, 0];
    news.clear();
    ahead = [];
    deletedOriginals.clear();
    change();
  }

  function created(message: Message): void {
    const { seq } = message;
    if (!window.isLive()) {
      if (calls > 0) {
        ahead.push(message);
        if (ahead.length > mostMessages) ahead = ahead.slice(pageSize);
      }
      if (seq > Math.max(told, window.to())) {
        if (newerCount === 0) newerFrom = seq;
        newerCount += 1;
      }
    }
    window.put(message);
  }

  function changed(message: Message | DeletedMessage): void {
    const { id: messageId, seq } = message;
    if (calls > 0) news.set(messageId, message);
    const isCounted = !window.isLive() && seq >= newerFrom && seq > window.to();
    if ("deleted_at" in message && isCounted && newerCount > 0) newerCount -= 1;
    apply(message);
  }

  /** Edits and deletions are the last word on a message, whatever answer came before. */
  function apply(message: Message | DeletedMessage): void {
    if ("deleted_at" in message) {
      deletedOriginals.add(message.id);
      window.remove(message.seq);
    } else window.put(message, true);
  }

  const store: ConversationStore = {
    id,
    getSnapshot: published.getSnapshot,
    subscribe: published.subscribe,
    open,
    loadOlder: () => loadMore("older"),
    loadNewer: () => loadMore("newer"),
    async jump(seq) {
      const isInside = status === "ready" && seq >= window.from() && seq <= window.to();
      if (!isInside) await go({ around: seq });
    },
    async jumpToMessage(messageId) {
      if (window.messages().some((message) => message.id === messageId)) return;
      const { conversation_id, seq } = await deps.messages.get({ message_id: messageId });
      if (conversation_id !== id)
        throw new CauserieError("NOT_FOUND", "The message is of another conversation.");
      await store.jump(seq);
    },
    async jumpToEnd() {
      if (status !== "ready" || !window.isLive()) await go({});
    },
    setScreen(shown) {
      screen = shown;
    },
    send(message) {
      return outbox.send({
        conversation_id: id,
        ...(typeof message === "string" ? { content: message } : message),
      });
    },
    markRead(seq = window.messages().at(-1)?.seq) {
      if (seq !== undefined) deps.markRead(id, seq);
    },
  };

  return {
    store,
    change,
    release,

    onEvent(event) {
      if (event.type === "conversation.created") {
        if (status !== "gone") return;
        release();
        if (published.isHeard()) void open();
        return;
      }
      if (event.type === "member.left") return close();
      if (!opened || status === "gone") return;
      if (event.type === "message.created") created(event.message);
      else if (event.type === "message.deleted" || event.type === "message.updated") changed(event.message);
      else return;
      told = Math.max(told, event.message.seq);
      settle();
    },

    onSent(message) {
      window.put(message);
      settle();
    },

    onHeartbeat() {
      if (!window.isLive() || told <= window.to() || loading.newer) return;
      const from = window.to();
      const beyond = window.messages().find((message) => message.seq > from)?.seq ?? told + 1;
      deps.onGap({ conversationId: id, fromSeq: from + 1, toSeq: beyond - 1 });
      // More than a page is not worth the way: what is newest is.
      const closed = beyond - from > pageSize ? go({}) : (loading.newer = extend("newer"));
      closed.catch((cause: unknown) => {
        // The next heartbeat tries again.
        if (isFinal(toCauserieError(cause))) report("conversation", cause);
      });
    },

    async reload() {
      const [start, end] = screen ?? [window.from(), window.to()];
      const isAtEnd = status !== "ready" || window.isLive();
      const visited = leave(() => (isAtEnd ? {} : { around: Math.round((start + end) / 2) }));
      let firstTry: Promise<void> | undefined = visited.load();
      const tried = firstTry.catch(() => undefined);
      opened = insist({
        ...visited,
        load() {
          const now = firstTry ?? visited.load();
          firstTry = undefined;
          return now;
        },
      });
      await tried;
    },

    newest() {
      if (status !== "ready" || !window.isLive() || window.to() < told) return undefined;
      return window.messages().at(-1) ?? (window.hasOlder() ? undefined : null);
    },
  };
}
