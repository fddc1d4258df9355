import type { User } from "@causerie/client";
import { useId, useState } from "react";
import { useLocation } from "wouter";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import { useBusyAttempt } from "../notices/use-busy-attempt.ts";
import { ChosenPeople } from "../people/chosen-people.tsx";
import { PersonPicker } from "../people/person-picker.tsx";
import { useMe } from "../people/use-people.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/text-field.tsx";
import styles from "./new-group.module.css";

const longestName = 50;

/** Gives a group a name and people, and opens it. */
export function NewGroup({ onClose }: { readonly onClose: () => void }) {
  const client = useAppClient();
  const me = useMe();
  const form = useId();
  const [, navigate] = useLocation();
  const [name, setName] = useState("");
  const [people, setPeople] = useState<readonly User[]>([]);
  const [isBusy, attempt] = useBusyAttempt();

  async function create(): Promise<void> {
    const { id } = await client.conversations.create({
      kind: "group",
      name: name.trim(),
      member_ids: people.map((person) => person.id),
    });
    onClose();
    navigate(`/c/${id}`);
  }

  return (
    <Dialog
      title={t("list.newGroup")}
      open
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button type="submit" form={form} variant="primary" busy={isBusy} disabled={name.trim() === ""}>
            {t("group.create")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) void attempt(create);
        }}
      >
        <TextField
          label={t("group.name")}
          value={name}
          required
          maxLength={longestName}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
        />
        <ChosenPeople
          people={people}
          onRemove={(user) => setPeople(people.filter((other) => other !== user))}
        />
        <PersonPicker
          label={t("group.people")}
          without={[me.id, ...people.map(({ id }) => id)]}
          onPick={(user) => setPeople([...people, user])}
        />
      </form>
    </Dialog>
  );
}
