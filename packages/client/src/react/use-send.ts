import { useCallback } from "react";
import type { ConversationStore } from "../store/conversation-store.ts";
import { useClient } from "./causerie-provider.ts";

/**
 * A function that sends into a conversation: the message is in the list at once. It is the same one at each
 * rendering, and nothing that happens renders the component again.
 */
export function useSend(conversationId: number): ConversationStore["send"] {
  const { stores } = useClient();
  return useCallback(
    (message) => stores.conversation(conversationId).send(message),
    [stores, conversationId],
  );
}
