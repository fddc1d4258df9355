import type { ConversationState } from "@causerie/client";
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { useAppClient } from "../app-client.tsx";
import { useAttempt } from "../notices/use-attempt.ts";

/** One conversation, also one that the list does not show. Undefined until it is known. */
export function useConversation(id: number): ConversationState | undefined {
  const client = useAppClient();
  const attempt = useAttempt();
  const { list } = client.stores;
  const [asked, setAsked] = useState<ConversationState>();
  const subscribe = useCallback((listener: () => void) => list.subscribe(listener), [list]);
  const listed = useSyncExternalStore(subscribe, () => list.get(id));
  const isLoading = useSyncExternalStore(subscribe, () => list.getSnapshot().status === "loading");
  const isUnlisted = !listed && !isLoading;

  useEffect(() => {
    if (!isUnlisted) return;
    const aborting = new AbortController();
    const { signal } = aborting;
    // The page says itself that it is not there.
    const ask = async () => setAsked(await client.conversations.get({ conversation_id: id }, { signal }));
    void attempt(ask);
    return () => aborting.abort();
  }, [client, attempt, id, isUnlisted]);

  return listed ?? (asked?.id === id ? asked : undefined);
}
