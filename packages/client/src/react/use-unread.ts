import { useMemo } from "react";
import { useClient } from "./causerie-provider.ts";
import { lazily, useSnapshot } from "./use-snapshot.ts";

/** How many messages are unread: in one conversation, or in all of the user's. */
export function useUnread(conversationId?: number): number {
  const { list } = useClient().stores;
  const open = useMemo(
    () =>
      lazily(() => ({
        subscribe: list.subscribe,
        getSnapshot: () =>
          conversationId === undefined
            ? list.getSnapshot().unreadTotal
            : (list.get(conversationId)?.unread_count ?? 0),
      })),
    [list, conversationId],
  );
  return useSnapshot(open, () => 0);
}
