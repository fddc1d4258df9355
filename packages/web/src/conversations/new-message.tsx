import { useLocation } from "wouter";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import { useAttempt } from "../notices/use-attempt.ts";
import { PersonPicker } from "../people/person-picker.tsx";
import { useMe } from "../people/use-people.ts";
import { Dialog } from "../ui/dialog.tsx";

/** Finds somebody, and opens the conversation with them. */
export function NewMessage({ onClose }: { readonly onClose: () => void }) {
  const client = useAppClient();
  const attempt = useAttempt();
  const me = useMe();
  const [, navigate] = useLocation();

  async function open(userId: number): Promise<void> {
    const { id } = await client.conversations.create({ kind: "direct", member_ids: [userId] });
    onClose();
    navigate(`/c/${id}`);
  }

  return (
    <Dialog title={t("list.newMessage")} open onClose={onClose}>
      <PersonPicker without={[me.id]} onPick={({ id }) => void attempt(() => open(id))} />
    </Dialog>
  );
}
