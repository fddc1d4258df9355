import { CauserieError, toCauserieError } from "../errors.ts";
import type { History, Inputs } from "../types.ts";
import type { ConversationEvent } from "./about-conversation.ts";
import { createCalls } from "./calls.ts";
import { createItems } from "./conversation-items.ts";
import type {
  ConversationSnapshot,
  ConversationStore,
  ConversationStoreDeps,
  ConversationWindow,
} from "./conversation-store.ts";
import { keep } from "./keep.ts";
import { createMessageWindow, type End, type Screen } from "./message-window.ts";
import { createPublished } from "./published.ts";
import { isFinal } from "./retry.ts";

type MessageEvent = Extract<ConversationEvent, { message: unknown }>;
type Place = Pick<Inputs["conversations"]["history"], "before" | "after" | "around">;

const pageSize = 50;
const mostMessages = 500;
const mostCounted = 1_000;

export function createConversationStore(deps: ConversationStoreDeps, id: number): ConversationWindow {
  const { retry, conversations, outbox } = deps;
  const window = createMessageWindow();
  /** Another one whenever another stretch is to be shown: answers to what was asked before are dropped. */
  let calls = createCalls<MessageEvent>();
  const makeItems = createItems();
  let status: ConversationSnapshot["status"] = "loading";
  let error: CauserieError | null = null;
  let opened: Promise<void> | undefined;
  const loading: { [end in End]: Promise<void> | undefined } = { older: undefined, newer: undefined };
  /** Where another stretch is that is on its way, so that what is missing in this one does not matter. */
  let next: (() => Place | Promise<Place>) | undefined;
  /** How many jumps there were: of two the later one counts, also while it is looked up where it leads. */
  let jumps = 0;
  let lastLoaded: End = "newer";
  let screen: Screen | undefined;
  /** The highest `seq` of which an event told. */
  let told = 0;
  /** The `seq`s of what came behind the window. */
  const newer = new Set<number>();
  /** Deleted messages which others answer. */
  const deleted = new Set<number>();

  const published = createPublished<ConversationSnapshot>(deps, make, (isHeard) => {
    if (isHeard) void open();
    else screen = undefined;
    deps.onHeard(isHeard);
  });
  const { change } = published;

  function make(previous?: ConversationSnapshot): ConversationSnapshot {
    const hasNewer = status === "ready" && !window.isLive();
    const pending = outbox
      .getSnapshot()
      .filter(({ input }) => !hasNewer && deps.conversationOf(input) === id);
    return keep(previous, {
      status,
      error,
      items: makeItems(window.messages(), pending, deleted, deps.userId()),
      hasOlder: window.hasOlder(),
      hasNewer,
      isLoadingOlder: !!loading.older,
      isLoadingNewer: !!loading.newer,
      newerCount: newer.size,
    });
  }

  /** Loads a stretch. What events say meanwhile holds for the answer too. */
  function read(place: Place, take: (page: History) => void): Promise<void> {
    const mine = calls;
    return mine.run(
      () => conversations.history({ conversation_id: id, limit: pageSize, ...place }),
      (page, news) => {
        if (mine !== calls) return;
        take(page);
        news.forEach(apply);
        settle();
      },
    );
  }

  /** What an event says holds for answers too that are under way. */
  function take(event: MessageEvent): void {
    calls.note(event.message.id, event);
    apply(event);
    settle();
  }

  function apply({ type, message }: MessageEvent): void {
    if (type === "message.deleted") {
      deleted.add(message.id);
      window.remove(message.seq);
    } else window.put(message, type === "message.updated");
  }

  /** After each change of the window. */
  function settle(): void {
    while (window.messages().length > mostMessages) {
      const far: End = lastLoaded === "older" ? "newer" : "older";
      if (!window.drop(far, pageSize, screen) && !window.drop(lastLoaded, pageSize, screen)) break;
    }
    for (const seq of newer) if (window.isLive() || seq <= window.to()) newer.delete(seq);
    change();
  }

  /** Shows another stretch, however often that has to be tried, unless meanwhile yet another one is wanted. */
  async function enter(place: () => Place | Promise<Place>, onFailure?: () => void): Promise<void> {
    const mine = (calls = createCalls());
    const isWanted = () => mine === calls;
    loading.older = loading.newer = undefined;
    next = place;
    change();
    opened ??= Promise.resolve();
    const fail = (failure: CauserieError) => {
      if (isWanted()) {
        if (isFinal(failure)) next = undefined;
        if (isFinal(failure) && (failure.code !== "VALIDATION_FAILED" || status === "loading")) close();
        error = failure;
      }
      onFailure?.();
      change();
    };
    const load = async () => {
      const asked = await place();
      if (!isWanted()) return;
      await read(asked, (page) => {
        window.replace(page);
        [status, error, lastLoaded, next] = ["ready", null, "newer", undefined];
      });
    };
    try {
      await retry.run(load, isWanted, fail);
    } catch (cause) {
      const failure = toCauserieError(cause);
      fail(failure);
      throw failure;
    }
  }

  /** The same where nobody waits: the error is in the snapshot. */
  async function show(place: () => Place | Promise<Place>, onFailure?: () => void): Promise<void> {
    await enter(place, onFailure).catch(() => undefined);
  }

  function open(at: "end" | "marker" = "end"): Promise<void> {
    opened ??= show(at === "end" ? () => ({}) : marker);
    return opened;
  }

  async function marker(): Promise<Place> {
    const { last_read_seq: read, last_seq: last } =
      deps.entry(id) ?? (await conversations.get({ conversation_id: id }));
    return read < last ? { around: read + 1 } : {};
  }

  function loadMore(end: End): Promise<void> {
    const hasMore = end === "older" ? window.hasOlder() : !window.isLive();
    if (status !== "ready" || !hasMore) return Promise.resolve();
    return loading[end] ?? extend(end);
  }

  function extend(end: End): Promise<void> {
    const place = end === "older" ? { before: window.from() } : { after: window.to() };
    const loaded = read(place, (page) => {
      if (window.join(page)) lastLoaded = end;
    }).finally(() => {
      if (loading[end] === loaded) loading[end] = undefined;
      change();
    });
    loading[end] = loaded;
    change();
    return loaded;
  }

  function release(): void {
    calls = createCalls();
    window.clear();
    deleted.clear();
    loading.older = loading.newer = undefined;
    newer.clear();
    [status, error, opened, next, told] = ["loading", null, undefined, undefined, 0];
    change();
  }

  function close(): void {
    release();
    status = "gone";
    opened = Promise.resolve();
  }

  function onEvent(event: ConversationEvent): void {
    if (event.type === "member.left") return close();
    if (event.type === "conversation.created" && opened && status !== "ready") {
      // What is under way may find that it is not there.
      release();
      void open();
    }
    if (!opened || status === "gone" || !("message" in event)) return;
    const { seq } = event.message;
    if (event.type === "message.deleted") newer.delete(seq);
    else if (event.type === "message.created" && newer.size < mostCounted) newer.add(seq);
    told = Math.max(told, seq);
    take(event);
  }

  const store: ConversationStore = {
    id,
    getSnapshot: published.getSnapshot,
    subscribe: published.subscribe,
    open,
    loadOlder: () => loadMore("older"),
    loadNewer: () => loadMore("newer"),
    async jump(seq) {
      jumps += 1;
      const isInside = status === "ready" && seq >= window.from() && seq <= window.to();
      if (!isInside) await enter(() => ({ around: seq }));
    },
    async jumpToMessage(messageId) {
      const isHeld = window.messages().some((message) => message.id === messageId);
      if (isHeld) return;
      const mine = (jumps += 1);
      const isWanted = () => mine === jumps;
      const look = async () => {
        const { conversation_id, seq } = await deps.messages.get({ message_id: messageId });
        if (conversation_id !== id)
          throw new CauserieError("NOT_FOUND", "The message is of another conversation.");
        if (isWanted()) await store.jump(seq);
      };
      await retry.run(look, isWanted);
    },
    async jumpToEnd() {
      jumps += 1;
      if (status !== "ready" || !window.isLive()) await enter(() => ({}));
    },
    setScreen(shown) {
      screen = shown;
    },
    send(message) {
      const input = typeof message === "string" ? { content: message } : message;
      const sending = outbox.send({ conversation_id: id, ...input });
      // The outbox tells of it later in this turn.
      change();
      return sending;
    },
    markRead(seq = window.messages().at(-1)?.seq) {
      if (seq !== undefined) deps.markRead(id, seq);
    },
  };

  return {
    store,
    onEvent,
    change,
    release,

    onSent: (message) => take({ type: "message.created", message }),

    onHeartbeat() {
      const from = window.to() + 1;
      if (!window.isLive() || told < from || next || loading.newer) return;
      const beyond = window.messages().find(({ seq }) => seq > from)?.seq ?? told + 1;
      deps.onGap({ conversationId: id, fromSeq: from, toSeq: beyond - 1 });
      // More than a page is not worth the way: what is newest is.
      if (beyond - from > pageSize) return void show(() => ({}));
      extend("newer").catch((cause: unknown) => {
        // What failed in passing is tried again at the next heartbeat; it may also be gone.
        if (isFinal(toCauserieError(cause))) void show(() => ({}));
      });
    },

    reload() {
      // What was told before may be of another database.
      told = 0;
      newer.clear();
      const [start, end] = screen ?? [window.from(), window.to()];
      const isAtEnd = status !== "ready" || window.isLive();
      return new Promise((resolve) => {
        opened = show(next ?? (() => (isAtEnd ? {} : { around: Math.round((start + end) / 2) })), resolve);
        void opened.then(resolve);
      });
    },

    newest() {
      if (status !== "ready" || !window.isLive() || window.to() < told) return undefined;
      return window.messages().at(-1) ?? (window.hasOlder() ? undefined : null);
    },
  };
}
