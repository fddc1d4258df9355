import type { Message } from "@causerie/client";
import { useEffect, useMemo, useRef } from "react";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import { useAttempt } from "../notices/use-attempt.ts";
import { useServices } from "../services.tsx";
import type { MessageCommands } from "./message-actions.tsx";
import type { Writing } from "../composer/writing.ts";

interface Handlers {
  readonly write: (writing: Writing) => void;
  readonly remove: (message: Message) => void;
  readonly jumpTo: (messageId: number) => Promise<void>;
}

/** What can be done with messages. It is the same object for good, so that no row is rendered for it. */
export function useCommands(conversationId: number, handlers: Handlers): MessageCommands {
  const { outbox } = useAppClient();
  const { notices } = useServices();
  const attempt = useAttempt();
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });

  return useMemo(() => {
    async function copy(text: string): Promise<void> {
      await navigator.clipboard.writeText(text);
      notices.show(t("message.copied"));
    }
    return {
      reply: (message) => latest.current.write({ kind: "reply", message }),
      edit: (message) => latest.current.write({ kind: "edit", message }),
      remove: (message) => latest.current.remove(message),
      jumpTo: (messageId) => void latest.current.jumpTo(messageId),
      copyText: (text) => void copy(text),
      copyLink: ({ id }) => void copy(`${location.origin}/app/c/${conversationId}/m/${id}`),
      retry: ({ clientMessageId }) => void attempt(() => outbox.retry(clientMessageId)),
      discard: ({ clientMessageId }) => void attempt(() => outbox.discard(clientMessageId)),
      cancel: ({ clientMessageId }) =>
        void attempt(async () => {
          const result = await outbox.cancel(clientMessageId);
          if (result !== "cancelled")
            notices.show(t(result === "in_doubt" ? "message.inDoubt" : "message.tooLate"));
        }),
    };
  }, [conversationId, outbox, notices, attempt]);
}
