import { Link } from "wouter";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { Entrance } from "./entrance.tsx";
import { CallForm } from "./call-form.tsx";
import { PasswordField } from "./password-field.tsx";
import { useFieldErrors } from "./use-field-errors.ts";
import styles from "./form.module.css";

/** Signs in. Where that leads is decided by the app: to where somebody wanted to go. */
export function SignIn() {
  const client = useAppClient();
  const state = useFieldErrors();
  const { fields, isBusy } = state;
  return (
    <Entrance
      title={t("account.signIn.title")}
      footer={
        <>
          {t("account.signIn.noAccount")} <Link href="/sign-up">{t("account.signUp.title")}</Link>
        </>
      }
    >
      <CallForm
        state={state}
        call={(value) =>
          client.auth.cookie.login({ email: value("email").trim(), password: value("password") })
        }
      >
        <TextField
          label={t("account.email")}
          name="email"
          type="email"
          autoComplete="username"
          required
          autoFocus
          error={fields["email"]}
        />
        <PasswordField
          label={t("account.password")}
          name="password"
          autoComplete="current-password"
          required
          error={fields["password"]}
        />
        <Button type="submit" variant="primary" busy={isBusy} className={styles.wide}>
          {t("account.signIn.submit")}
        </Button>
      </CallForm>
    </Entrance>
  );
}
