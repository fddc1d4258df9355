import { useState } from "react";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import { useBusyAttempt } from "../notices/use-busy-attempt.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import styles from "./rename.module.css";

const longestName = 50;

/** The name of a group, to change. */
export function Rename({ id, name }: { readonly id: number; readonly name: string }) {
  const client = useAppClient();
  const [text, setText] = useState(name);
  const [isBusy, attempt] = useBusyAttempt();
  const canSave = text.trim() !== "" && text.trim() !== name;

  const save = () => attempt(() => client.conversations.update({ conversation_id: id, name: text.trim() }));

  return (
    <form
      className={styles.rename}
      onSubmit={(event) => {
        event.preventDefault();
        if (canSave) void save();
      }}
    >
      <TextField
        label={t("group.name")}
        value={text}
        maxLength={longestName}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" busy={isBusy} disabled={!canSave}>
        {t("group.rename")}
      </Button>
    </form>
  );
}
