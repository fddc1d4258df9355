import type { ConversationItem } from "@causerie/client";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { t } from "../i18n/i18n.ts";
import { useServices } from "../services.tsx";

/** What comes within this time is told together. */
const gatherMs = 1_500;

/** Tells screen readers what came, several messages in one sentence. */
export function useArrivals(items: readonly ConversationItem[], me: number, isLive: boolean): ReactNode {
  const { people } = useServices();
  const [text, setText] = useState("");
  /** Up to where it was told; undefined before the first messages are there. */
  const told = useRef<number>(undefined);
  const waiting = useRef<{ count: number; senderId: number; content: string }>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    if (!isLive) return;
    const from = told.current;
    const sent = items.flatMap((item) => (item.state === "sent" ? [item.message] : []));
    told.current = Math.max(from ?? 0, sent.at(-1)?.seq ?? 0);
    if (from === undefined) return;
    const news = sent.filter(({ seq, sender_id }) => seq > from && sender_id !== me);
    const last = news.at(-1);
    if (!last) return;
    const count = (waiting.current?.count ?? 0) + news.length;
    waiting.current = { count, senderId: last.sender_id, content: last.content };
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      if (!waiting.current) return;
      const { count: all, senderId, content } = waiting.current;
      waiting.current = undefined;
      const name = people.get(senderId) ?? t("person.unknown");
      setText(all === 1 ? t("list.from", { name, text: content }) : t("chat.heard", { count: all, name }));
    }, gatherMs);
  }, [items, me, isLive, people]);

  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <p className="visually-hidden" role="status">
      {text}
    </p>
  );
}
