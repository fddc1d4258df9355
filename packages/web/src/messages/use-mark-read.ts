import { useEffect } from "react";

/** Marks what is shown as read while the end is on the screen and somebody can see the page. */
export function useMarkRead(markRead: () => void, isAtEnd: boolean, items: unknown): void {
  useEffect(() => {
    if (!isAtEnd) return;
    const mark = () => document.visibilityState === "visible" && markRead();
    mark();
    document.addEventListener("visibilitychange", mark);
    return () => document.removeEventListener("visibilitychange", mark);
  }, [markRead, isAtEnd, items]);
}
