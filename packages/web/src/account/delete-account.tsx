import { useId, useState } from "react";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { FormAlert } from "./form-alert.tsx";
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
  const { fields, form, isBusy, submit } = useFieldErrors();
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
      <form
        id={id}
        noValidate
        className={styles.form}
        onSubmit={(event) =>
          submit(event, async (value) => {
            await users.deleteMe({ current_password: value("current_password") });
            // The server has ended the session already; here it has to be forgotten too, with what waits to be sent.
            await auth.logout();
          })
        }
      >
        <p>{t("account.deleteExplained")}</p>
        <FormAlert text={form} />
        <PasswordField
          label={t("account.password")}
          name="current_password"
          autoComplete="current-password"
          required
          error={fields["current_password"]}
        />
      </form>
    </Dialog>
  );
}
