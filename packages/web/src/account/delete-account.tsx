import { useId, useState } from "react";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { CallForm } from "./call-form.tsx";
import { PasswordField } from "./password-field.tsx";
import { useFieldErrors } from "./use-field-errors.ts";
import styles from "./form.module.css";

/** Deletes the account, after a question and with the password. */
export function DeleteAccount() {
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <div className={styles.actions}>
      <Button variant="danger" onClick={() => setOpen(true)}>
        {t("account.delete")}
      </Button>
      {/* Mounted while it is open: each time without what was typed before. */}
      {isOpen && <Question onClose={close} />}
    </div>
  );
}

function Question({ onClose }: { readonly onClose: () => void }) {
  const { auth, users } = useAppClient();
  const state = useFieldErrors();
  const { fields, isBusy } = state;
  const id = useId();
  return (
    <Dialog
      open
      title={t("account.deleteTitle")}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button type="submit" form={id} variant="danger" busy={isBusy}>
            {t("account.deleteSubmit")}
          </Button>
        </>
      }
    >
      <CallForm
        id={id}
        state={state}
        call={async (value) => {
          await users.deleteMe({ current_password: value("current_password") });
          // The server has ended the session already; here it has to be forgotten too, with what waits to be sent.
          await auth.logout();
        }}
        intro={<p>{t("account.deleteExplained")}</p>}
      >
        <PasswordField
          label={t("account.password")}
          name="current_password"
          autoComplete="current-password"
          required
          error={fields["current_password"]}
        />
      </CallForm>
    </Dialog>
  );
}
