import type { FeedEvent } from "../feed/feed.ts";
import type { Clock } from "../platform/clock.ts";
import type { Message } from "../types.ts";
import { conversationIdOf, isAboutConversation } from "./about-conversation.ts";
import type { ConversationStore, ConversationStoreDeps, ConversationWindow } from "./conversation-store.ts";
import { createConversationStore } from "./create-conversation-store.ts";

/** The conversations that are open, and for a while those that were. */
export interface ConversationWindows {
  /** The same store each time, as long as somebody listens or it is remembered. */
  get(id: number): ConversationStore;
  onEvent(event: FeedEvent): void;
  onSent(message: Message): void;
  onHeartbeat(): void;
  /** Messages on their way changed, or who is signed in became known. */
  change(): void;
  /** Loads what is on the screen again, and forgets the rest. */
  reload(): Promise<void>;
  /** The newest message of a conversation; undefined when that is not known here. */
  newest(id: number): Message | null | undefined;
  /** Forgets everything. */
  clear(): void;
}

export interface ConversationWindowsDeps extends Omit<ConversationStoreDeps, "onHeard"> {
  readonly clock: Clock;
  /** Somebody begins to listen to a conversation. */
  readonly onOpen: (id: number) => void;
}

const idleMs = 5 * 60_000;
const mostIdle = 10;

export function createConversationWindows(deps: ConversationWindowsDeps): ConversationWindows {
  const windows = new Set<ConversationWindow>();
  /** Those without a listener, in the order in which they lost it, with what stops their end. */
  const idle = new Map<ConversationWindow, () => void>();

  /** Somebody may have kept one that was forgotten, and listen again: then there are two, which is no harm. */
  const of = (id: number) => [...windows].filter((window) => window.store.id === id);

  function make(id: number): ConversationWindow {
    const window = createConversationStore({ ...deps, onHeard }, id);
    windows.add(window);
    // It is about to be listened to: that is not yet one too many.
    rest(window, mostIdle + 1);
    return window;

    function onHeard(isHeard: boolean): void {
      if (!isHeard) return rest(window);
      windows.add(window);
      wake(window);
      deps.onOpen(id);
    }
  }

  function wake(window: ConversationWindow): void {
    idle.get(window)?.();
    idle.delete(window);
  }

  function rest(window: ConversationWindow, most = mostIdle): void {
    idle.set(
      window,
      deps.clock.after(idleMs, () => forget(window)),
    );
    const [oldest] = idle.keys();
    if (idle.size > most && oldest) forget(oldest);
  }

  function forget(window: ConversationWindow): void {
    wake(window);
    windows.delete(window);
    window.release();
  }

  const forgetIdle = () => [...idle.keys()].forEach(forget);

  return {
    get: (id) => (of(id)[0] ?? make(id)).store,

    onEvent(event) {
      if (!isAboutConversation(event)) return;
      const id = conversationIdOf(event);
      const hasLeft = event.type === "member.left";
      const kind = deps.entry(id)?.kind;
      // What is public can be read by everybody, and others come and go without a change here.
      if (hasLeft && (kind === "public" || event.user_id !== deps.userId())) return;
      // Of what is not known the server tells whether it can still be read.
      for (const window of of(id))
        if (hasLeft && !kind) void window.reload();
        else window.onEvent(event);
    },
    onSent: (message) => of(message.conversation_id).forEach((window) => window.onSent(message)),
    onHeartbeat: () => windows.forEach((window) => window.onHeartbeat()),
    change: () => windows.forEach((window) => window.change()),
    newest: (id) => of(id)[0]?.newest(),

    async reload() {
      forgetIdle();
      await Promise.all([...windows].map((window) => window.reload()));
    },
    clear() {
      forgetIdle();
      for (const window of windows) window.release();
    },
  };
}
