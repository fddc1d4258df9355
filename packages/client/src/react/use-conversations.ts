import { useCallback, useMemo } from "react";
import type { ConversationList, ConversationListSnapshot } from "../store/conversation-list.ts";
import { useClient } from "./causerie-provider.ts";
import { useLoaded, type SuspenseOptions } from "./use-loaded.ts";

/** The user's conversations, and what can be done with the list. */
export interface ConversationsView
  extends ConversationListSnapshot, Pick<ConversationList, "loadMore" | "markRead"> {}

const onServer: ConversationListSnapshot = {
  status: "loading",
  conversations: [],
  hasMore: false,
  isLoadingMore: false,
  unreadTotal: 0,
  isUnreadTotalExact: false,
};

/** The user's conversations, the latest written in first. */
export function useConversations({ suspense }: SuspenseOptions = {}): ConversationsView {
  const { list } = useClient().stores;
  const open = useCallback(() => list, [list]);
  const snapshot = useLoaded(open, onServer, suspense);
  return useMemo(() => ({ ...snapshot, loadMore: list.loadMore, markRead: list.markRead }), [snapshot, list]);
}
