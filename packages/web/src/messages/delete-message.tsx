import type { Message } from "@causerie/client";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import { useBusyAttempt } from "../notices/use-busy-attempt.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

/** Asks before a message is deleted for everybody. */
export function DeleteMessage({
  message,
  onClose,
}: {
  readonly message: Message;
  readonly onClose: () => void;
}) {
  const client = useAppClient();
  const [isBusy, attempt] = useBusyAttempt();

  async function remove(): Promise<void> {
    if (await attempt(() => client.messages.delete({ message_id: message.id }))) onClose();
  }

  return (
    <Dialog
      title={t("message.deleteTitle")}
      open
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button variant="danger" busy={isBusy} onClick={() => void remove()}>
            {t("message.delete")}
          </Button>
        </>
      }
    >
      <p>{t("message.deleteHint")}</p>
    </Dialog>
  );
}
