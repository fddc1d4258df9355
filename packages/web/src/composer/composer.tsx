import { useSend } from "@causerie/client/react";
import { ArrowUp, Check } from "lucide-react";
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type Ref,
} from "react";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import type { Writing } from "./writing.ts";
import { useAttempt } from "../notices/use-attempt.ts";
import { useBusyAttempt } from "../notices/use-busy-attempt.ts";
import { useUserId } from "../session/use-user-id.ts";
import { useServices } from "../services.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { WritingBar } from "./writing-bar.tsx";
import styles from "./composer.module.css";

export interface ComposerHandle {
  focus(): void;
}

interface Props {
  readonly ref: Ref<ComposerHandle>;
  readonly conversationId: number;
  readonly title: string;
  readonly writing: Writing | undefined;
  readonly onWriting: (writing: Writing | undefined) => void;
  readonly onSent: () => void;
  readonly onEditLast: () => void;
  readonly onEscape: () => void;
}

/** In characters: as people count them, which is how the server does. */
const longest = 4_000;
const warnedBelow = 200;
const lengthOf = (text: string) => (text.length < longest - warnedBelow ? text.length : [...text].length);
const hasPointer = () => matchMedia("(pointer: fine)").matches;

/** The field in which messages are written. A key renders this alone. */
export function Composer(props: Props) {
  const { conversationId: id, title, writing, onWriting, onSent, onEditLast, onEscape } = props;
  const client = useAppClient();
  const { drafts } = useServices();
  const attempt = useAttempt();
  const send = useSend(id);
  const me = useUserId() ?? 0;
  const field = useRef<HTMLTextAreaElement>(null);
  const edited = writing?.kind === "edit" ? writing.message : undefined;
  const [text, setText] = useState(() => drafts.get(me, id));
  const [isBusy, attemptEdit] = useBusyAttempt();
  const left = longest - lengthOf(text.trim());
  const canSend = text.trim() !== "" && left >= 0 && !isBusy;

  useImperativeHandle(props.ref, () => ({ focus: () => field.current?.focus() }), []);

  // On a touch screen the keyboard would cover what somebody came to read.
  useEffect(() => {
    if (hasPointer()) field.current?.focus();
  }, []);

  // Who edits sees the message; afterwards the draft is there again.
  const editedId = edited?.id;
  const editedContent = useRef<string>(undefined);
  useEffect(() => {
    editedContent.current = edited?.content;
  }, [edited]);
  useEffect(() => {
    if (editedId === undefined) return;
    setText(editedContent.current ?? "");
    return () => setText(drafts.get(me, id));
  }, [editedId, drafts, me, id]);

  // It is as high as what is in it.
  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.blockSize = "auto";
    area.style.blockSize = `${area.scrollHeight}px`;
  }, [text]);

  const change = useCallback(
    (next: string) => {
      setText(next);
      if (editedId !== undefined) return;
      drafts.set(me, id, next);
      client.stores.typing.set(id, next !== "");
    },
    [client, drafts, me, id, editedId],
  );

  async function saveEdit(messageId: number): Promise<void> {
    const input = { message_id: messageId, content: text.trim() };
    if (await attemptEdit(() => client.messages.edit(input))) onWriting(undefined);
  }

  function submit(): void {
    if (!canSend) return;
    if (edited) {
      if (edited.content === text.trim()) onWriting(undefined);
      else void saveEdit(edited.id);
      return;
    }
    const reply = writing?.kind === "reply" ? { reply_to: writing.message.id } : {};
    void attempt(() => {
      send({ content: text.trim(), ...reply });
      change("");
      if (writing) onWriting(undefined);
      onSent();
    });
  }

  function onKeyDown(event: KeyboardEvent): void {
    const { key, shiftKey, altKey, ctrlKey, metaKey, nativeEvent } = event;
    // The Enter that ends the choice of a character is not one that sends.
    if (nativeEvent.isComposing) return;
    if (key === "Enter" && !shiftKey && !altKey && (hasPointer() || ctrlKey || metaKey)) submit();
    else if (key === "ArrowUp" && text === "" && !altKey) onEditLast();
    else if (key === "Escape") {
      if (writing) onWriting(undefined);
      else onEscape();
    } else return;
    event.preventDefault();
  }

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className={styles.box}>
        {writing && <WritingBar writing={writing} onClose={() => onWriting(undefined)} />}
        <div className={styles.line}>
          <textarea
            ref={field}
            rows={1}
            dir="auto"
            value={text}
            placeholder={t("composer.hint", { name: title })}
            aria-label={t("composer.hint", { name: title })}
            aria-invalid={left < 0}
            enterKeyHint={hasPointer() ? "send" : "enter"}
            onChange={(event) => change(event.target.value)}
            onKeyDown={onKeyDown}
            onBlur={() => client.stores.typing.set(id, false)}
          />
          <IconButton
            type="submit"
            label={edited ? t("app.save") : t("composer.send")}
            className={styles.send}
            disabled={!canSend}
            // The field keeps the focus, and a touch keyboard stays.
            onPointerDown={(event) => event.preventDefault()}
          >
            {edited ? <Check size={18} /> : <ArrowUp size={18} />}
          </IconButton>
        </div>
        {left < warnedBelow && (
          <p className={styles.left} data-over={left < 0} role="status">
            {left < 0 ? t("composer.tooLong", { count: -left }) : t("composer.left", { count: left })}
          </p>
        )}
      </div>
    </form>
  );
}
