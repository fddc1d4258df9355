import { useCallback, useMemo } from "react";
import type { ConversationSnapshot, ConversationStore } from "../store/conversation-store.ts";
import { useClient } from "./causerie-provider.ts";
import { useLoaded, type SuspenseOptions } from "./use-loaded.ts";
import type { Open } from "./use-snapshot.ts";

type Actions = Pick<
  ConversationStore,
  "loadOlder" | "loadNewer" | "jump" | "jumpToMessage" | "jumpToEnd" | "setScreen" | "markRead"
>;

/** A conversation as far as it is loaded, and what can be done with it. */
export interface MessagesView extends ConversationSnapshot, Actions {}

/** Where a conversation is opened, and how it is waited for. */
export interface MessagesOptions extends SuspenseOptions {
  /** Where it begins, unless it is open already: at its newest messages, or around the first unread one. */
  readonly at?: "end" | "marker" | undefined;
}

const onServer: ConversationSnapshot = {
  status: "loading",
  error: null,
  items: [],
  hasOlder: false,
  hasNewer: false,
  isLoadingOlder: false,
  isLoadingNewer: false,
  newerCount: 0,
};

/** The messages of a conversation, one's own on their way among them. */
export function useMessages(
  conversationId: number,
  { suspense, at = "end" }: MessagesOptions = {},
): MessagesView {
  const { stores } = useClient();
  const open = useCallback(() => stores.conversation(conversationId), [stores, conversationId]);
  const begin = useCallback((store: ConversationStore) => void store.open(at), [at]);
  const snapshot = useLoaded(open, onServer, suspense, begin);
  const actions = useMemo(() => actionsOf(open), [open]);
  return useMemo(() => ({ ...snapshot, ...actions }), [snapshot, actions]);
}

function actionsOf(open: Open<ConversationStore>): Actions {
  return {
    loadOlder: () => open().loadOlder(),
    loadNewer: () => open().loadNewer(),
    jump: (seq) => open().jump(seq),
    jumpToMessage: (id) => open().jumpToMessage(id),
    jumpToEnd: () => open().jumpToEnd(),
    setScreen: (screen) => open().setScreen(screen),
    markRead: (seq) => open().markRead(seq),
  };
}
