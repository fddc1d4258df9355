import { useState } from "react";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import { useServices } from "../services.tsx";
import { useBusyAttempt } from "../notices/use-busy-attempt.ts";
import { Button } from "../ui/button.tsx";
import { DeleteAccount } from "./delete-account.tsx";
import { CallForm } from "./call-form.tsx";
import { PasswordField } from "./password-field.tsx";
import { Section } from "./section.tsx";
import { Sessions } from "./sessions.tsx";
import { useFieldErrors } from "./use-field-errors.ts";
import styles from "./form.module.css";

/** The password, where one is signed in, and the way out. */
export function Security() {
  /** A changed password ends sessions: another round asks for them anew, and has empty fields. */
  const [round, setRound] = useState(0);
  return (
    <>
      <Section title={t("account.changePassword")} hint={t("account.changePasswordHint")}>
        <PasswordForm key={round} onDone={() => setRound(round + 1)} />
      </Section>
      <Section title={t("account.sessions")} hint={t("account.sessionsHint")}>
        <Sessions key={round} />
      </Section>
      <Section title={t("account.signOut")} hint={t("account.signOutHint")}>
        <SignOut />
      </Section>
      <Section title={t("account.delete")} hint={t("account.deleteHint")}>
        <DeleteAccount />
      </Section>
    </>
  );
}

function PasswordForm({ onDone }: { readonly onDone: () => void }) {
  const { auth } = useAppClient();
  const { notices } = useServices();
  const state = useFieldErrors();
  const { fields, isBusy } = state;
  return (
    <CallForm
      state={state}
      call={async (value) => {
        await auth.changePassword({
          current_password: value("current_password"),
          new_password: value("new_password"),
        });
        notices.show(t("account.passwordChanged"));
        onDone();
      }}
    >
      <PasswordField
        label={t("account.currentPassword")}
        name="current_password"
        autoComplete="current-password"
        required
        error={fields["current_password"]}
      />
      <PasswordField
        label={t("account.newPassword")}
        hint={t("account.passwordHint")}
        name="new_password"
        autoComplete="new-password"
        required
        error={fields["new_password"]}
      />
      <div className={styles.actions}>
        <Button type="submit" variant="primary" busy={isBusy}>
          {t("account.changePassword")}
        </Button>
      </div>
    </CallForm>
  );
}

function SignOut() {
  const { auth } = useAppClient();
  const [isBusy, attempt] = useBusyAttempt();

  return (
    <div className={styles.actions}>
      <Button busy={isBusy} onClick={() => void attempt(() => auth.logout())}>
        {t("account.signOut")}
      </Button>
    </div>
  );
}
