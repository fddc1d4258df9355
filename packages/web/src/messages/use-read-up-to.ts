import type { ConversationItem, ConversationState } from "@causerie/client";
import { useEffect, useRef, useState } from "react";

const lastSeq = (items: readonly ConversationItem[]) =>
  items.findLast((item) => item.state === "sent")?.message.seq;

/**
 * Up to where the conversation was read when it was opened, or when the page was last hidden: what is new begins after
 * that. It stays there while it is read.
 */
export function useReadUpTo(
  { unread_count, last_read_seq }: ConversationState,
  items: readonly ConversationItem[],
): number | undefined {
  const [readUpTo, setReadUpTo] = useState(unread_count > 0 ? last_read_seq : undefined);
  const latest = useRef({ items, unread_count });
  useEffect(() => {
    latest.current = { items, unread_count };
  });

  useEffect(() => {
    function onVisibility(): void {
      if (document.visibilityState !== "hidden" || latest.current.unread_count > 0) return;
      setReadUpTo(lastSeq(latest.current.items));
    }
    document.addEventListener("visibilitychange", onVisibility);
    return () => document.removeEventListener("visibilitychange", onVisibility);
  }, []);
  return readUpTo;
}
