import { useCallback, useMemo } from "react";
import { useClient } from "./causerie-provider.ts";
import { lazily, useSnapshot } from "./use-snapshot.ts";

const nobody: readonly number[] = [];

/**
 * The ids of those who type in a conversation, and a function that says whether the user does: it may be called at
 * each key.
 */
export function useTyping(
  conversationId: number,
): readonly [typists: readonly number[], setTyping: (isTyping: boolean) => void] {
  const { typing } = useClient().stores;
  const open = useMemo(() => lazily(() => typing.of(conversationId)), [typing, conversationId]);
  const typists = useSnapshot(open, () => nobody);
  const setTyping = useCallback(
    (isTyping: boolean) => typing.set(conversationId, isTyping),
    [typing, conversationId],
  );
  return useMemo(() => [typists, setTyping], [typists, setTyping]);
}
