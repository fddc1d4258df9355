import type { ConversationState, Member } from "@causerie/client";
import { useCallback, useEffect, useState } from "react";
import { useAppClient } from "../app-client.tsx";
import { useAttempt } from "../notices/use-attempt.ts";

const pageSize = 100;

/** All members of a conversation: first those that it brings along, then the rest. */
export function useMembers(conversation: ConversationState): {
  readonly members: readonly Member[];
  readonly reload: () => void;
} {
  const client = useAppClient();
  const attempt = useAttempt();
  const { id, kind, members: first, member_count: count } = conversation;
  const [all, setAll] = useState<readonly Member[]>();
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    if (kind === "public") return;
    const aborting = new AbortController();
    const { signal } = aborting;
    void attempt(async () => {
      const found: Member[] = [];
      for (let after: number | undefined; ; after = found.at(-1)?.user_id) {
        const input = { conversation_id: id, limit: pageSize, ...(after !== undefined && { after }) };
        const page = await client.conversations.members.list(input, { signal });
        found.push(...page);
        if (page.length < pageSize) break;
      }
      setAll(found);
    });
    return () => aborting.abort();
    // `first` and `count` change whenever somebody came, went or has another role.
  }, [client, attempt, id, kind, first, count, turn]);

  const reload = useCallback(() => setTurn((n) => n + 1), []);
  return { members: all ?? first, reload };
}
