import { CauserieError, type ConversationState, type Message } from "@causerie/client";
import type { MessagesView } from "@causerie/client/react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useAppClient } from "../app-client.tsx";
import { Composer, type ComposerHandle } from "../composer/composer.tsx";
import type { Writing } from "../composer/writing.ts";
import { titleOf } from "../conversations/title-of.ts";
import { t } from "../i18n/i18n.ts";
import { useAttempt } from "../notices/use-attempt.ts";
import { useMe } from "../people/use-people.ts";
import { useServices } from "../services.tsx";
import { ConversationHeader } from "./conversation-header.tsx";
import { MessageList, type MessageListHandle } from "./message-list.tsx";
import type { Target } from "./use-anchored-scroll.ts";
import { useCommands } from "./use-commands.ts";
import { useMarkRead } from "./use-mark-read.ts";
import { useReadUpTo } from "./use-read-up-to.ts";
import styles from "./conversation.module.css";

const DeleteMessage = lazy(async () => ({ default: (await import("./delete-message.tsx")).DeleteMessage }));
const Details = lazy(async () => ({ default: (await import("../conversations/details.tsx")).Details }));

interface Props {
  readonly conversation: ConversationState;
  readonly view: MessagesView;
  readonly messageId: number | undefined;
}

/** A conversation that is there: its header, its messages, and the field to write. */
export function Conversation({ conversation, view, messageId }: Props) {
  const { id } = conversation;
  const me = useMe();
  const client = useAppClient();
  const { notices } = useServices();
  const attempt = useAttempt();
  const list = useRef<MessageListHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const [isAtEnd, setAtEnd] = useState(false);
  const [writing, setWriting] = useState<Writing>();
  const [removing, setRemoving] = useState<Message>();
  const [showsDetails, setShowsDetails] = useState(false);
  const readUpTo = useReadUpTo(conversation, view.items);
  const [start] = useState<Target>(() =>
    messageId !== undefined ? { to: "message", id: messageId } : { to: "unread" },
  );
  useMarkRead(view.markRead, isAtEnd, view.items);

  async function jumpTo(wanted: number): Promise<void> {
    list.current?.bringTo({ to: "message", id: wanted });
    try {
      await client.conversation(id).jumpToMessage(wanted);
    } catch (cause) {
      if (!(cause instanceof CauserieError)) throw cause;
      if (cause.code === "NOT_FOUND") notices.show(t("chat.messageGone"));
      if (cause.code === "NOT_FOUND" && view.status === "loading") await client.conversation(id).jumpToEnd();
    }
  }

  // A link to a message may come while the conversation is shown already.
  const jump = useRef(jumpTo);
  useEffect(() => {
    jump.current = jumpTo;
  });
  useEffect(() => {
    if (messageId !== undefined) void jump.current(messageId);
  }, [messageId]);

  // It was opened before, and left somewhere in the middle: what is new counts more.
  const enter = useRef({ hasNewer: view.hasNewer, readUpTo, messageId });
  useEffect(() => {
    const { hasNewer, readUpTo: read, messageId: linked } = enter.current;
    if (linked !== undefined || !hasNewer) return;
    const store = client.conversation(id);
    void attempt(() => (read === undefined ? store.jumpToEnd() : store.jump(read + 1)));
  }, [client, attempt, id]);

  function write(next: Writing | undefined): void {
    setWriting(next);
    composer.current?.focus();
  }
  const commands = useCommands(conversation.id, { write, remove: setRemoving, jumpTo });

  function toEnd(): void {
    list.current?.bringTo({ to: "end" });
    void attempt(view.jumpToEnd);
  }

  function editLast(): void {
    const own = view.items.findLast((item) => item.state === "sent" && item.message.sender_id === me.id);
    if (own?.state === "sent") write({ kind: "edit", message: own.message });
  }

  return (
    <main className={styles.page}>
      <ConversationHeader conversation={conversation} onDetails={() => setShowsDetails(true)} />
      <MessageList
        ref={list}
        conversation={conversation}
        view={view}
        me={me.id}
        readUpTo={readUpTo}
        start={start}
        commands={commands}
        onAtEnd={setAtEnd}
      />
      <Composer
        ref={composer}
        conversationId={id}
        title={titleOf(conversation, me.id)}
        writing={writing}
        onWriting={write}
        onSent={toEnd}
        onEditLast={editLast}
        onEscape={toEnd}
      />
      <Suspense>
        {removing && <DeleteMessage message={removing} onClose={() => setRemoving(undefined)} />}
        {showsDetails && <Details conversation={conversation} onClose={() => setShowsDetails(false)} />}
      </Suspense>
    </main>
  );
}
