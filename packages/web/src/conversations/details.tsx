import type { ConversationState } from "@causerie/client";
import { useState } from "react";
import { useLocation } from "wouter";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import { useBusyAttempt } from "../notices/use-busy-attempt.ts";
import { PersonPicker } from "../people/person-picker.tsx";
import { useMe } from "../people/use-people.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ConversationAvatar } from "./conversation-avatar.tsx";
import { Members } from "./members.tsx";
import { Rename } from "./rename.tsx";
import { titleOf } from "./title-of.ts";
import { useMembers } from "./use-members.ts";
import styles from "./details.module.css";

interface Props {
  readonly conversation: ConversationState;
  readonly onClose: () => void;
}

/** Who is in a conversation, and what the caller may change about it. */
export function Details({ conversation, onClose }: Props) {
  const { id, kind, role, member_count: count } = conversation;
  const client = useAppClient();
  const me = useMe();
  const [, navigate] = useLocation();
  const [mode, setMode] = useState<"show" | "add" | "leave">("show");
  const [isBusy, attempt] = useBusyAttempt();
  const { members, reload } = useMembers(conversation);
  const isManager = role === "owner" || role === "admin";
  const title = titleOf(conversation, me.id);
  const back = () => setMode("show");

  async function run(work: () => Promise<unknown>): Promise<boolean> {
    const isDone = await attempt(work);
    reload();
    return isDone;
  }

  async function leave(): Promise<void> {
    if (!(await run(() => client.conversations.leave({ conversation_id: id })))) return;
    onClose();
    if (kind === "group") navigate("/");
  }

  if (mode === "add")
    return (
      <Dialog title={t("group.add")} open onClose={back}>
        <PersonPicker
          without={members.map(({ user_id }) => user_id)}
          onPick={(user) => {
            back();
            void run(() => client.conversations.members.add({ conversation_id: id, user_ids: [user.id] }));
          }}
        />
      </Dialog>
    );
  if (mode === "leave")
    return (
      <Dialog
        title={t("group.leaveTitle", { name: title })}
        open
        onClose={back}
        actions={
          <>
            <Button onClick={back}>{t("app.cancel")}</Button>
            <Button variant="danger" busy={isBusy} onClick={() => void leave()}>
              {t("group.leave")}
            </Button>
          </>
        }
      >
        <p>{t("group.leaveHint")}</p>
      </Dialog>
    );
  return (
    <Dialog title={t("chat.details")} open onClose={onClose}>
      <div className={styles.details}>
        <header className={styles.header}>
          <ConversationAvatar conversation={conversation} me={me.id} size={72} />
          <h3 dir="auto">{title}</h3>
          <p>
            {count === null
              ? t("chat.everybody")
              : kind === "direct"
                ? t("chat.direct")
                : t("chat.members", { count })}
          </p>
        </header>
        {kind !== "direct" && isManager && <Rename id={id} name={title} />}
        {kind !== "public" && (
          <Members
            conversationId={id}
            members={members}
            me={me.id}
            role={kind === "group" ? role : null}
            onRun={(work) => void run(work)}
          />
        )}
        {kind === "group" && (
          <div className={styles.actions}>
            {isManager && <Button onClick={() => setMode("add")}>{t("group.add")}</Button>}
            <Button variant="danger" onClick={() => setMode("leave")}>
              {t("group.leave")}
            </Button>
          </div>
        )}
        {kind === "public" && role === null && (
          <Button
            variant="primary"
            busy={isBusy}
            onClick={() => void run(() => client.conversations.join({ conversation_id: id }))}
          >
            {t("group.join")}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
