import { useState } from "react";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import { useAttempt } from "../notices/use-attempt.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import styles from "./rename.module.css";

const longestName = 50;

/** The name of a group, to change. */
export function Rename({ id, name }: { readonly id: number; readonly name: string }) {
  const client = useAppClient();
  const attempt = useAttempt();
  const [text, setText] = useState(name);
  const [isBusy, setBusy] = useState(false);
  const canSave = text.trim() !== "" && text.trim() !== name;

  async function save(): Promise<void> {
    setBusy(true);
    await attempt(() => client.conversations.update({ conversation_id: id, name: text.trim() }));
    setBusy(false);
  }

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
